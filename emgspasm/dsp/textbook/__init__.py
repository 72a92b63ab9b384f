"""Published burst detectors (``detectors``), which a config may name, and the loop they share."""
