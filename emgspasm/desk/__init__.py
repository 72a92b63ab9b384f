"""A stream on whoever looks on: what the window and the page of the service know of it, alike."""
