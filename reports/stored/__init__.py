"""A report of ours as an input: read again, strictly, and restored."""
