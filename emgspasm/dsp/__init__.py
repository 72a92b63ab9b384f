"""Pure signal processing: filters, envelope, detector, pipeline. No I/O, no clock, no logging."""
