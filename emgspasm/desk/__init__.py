"""What the live window and the page of the service share of a stream."""
