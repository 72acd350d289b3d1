"""The recipient's view, built field by field from empty."""
