"""The only room with numbers: how sure we are, and why."""
