"""The service: a live stream for browsers, the only importer of the web framework."""
