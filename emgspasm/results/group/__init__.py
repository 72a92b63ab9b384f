"""What all recordings of a study come to: a tidy table, and how its numbers were made."""
