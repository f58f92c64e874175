"""Turns a diagnosis into something to read: HTML, terminal text, JSON."""
