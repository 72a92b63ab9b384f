"""What tests of several modules make and look at."""
