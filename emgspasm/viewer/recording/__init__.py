"""Recording from the window: who records, the question before it, the bar that marks."""
