"""Numbers as pages: reports of recordings, and courses of treatment."""
