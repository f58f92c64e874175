"""Reads the knowledge base and refuses it where it cannot prove itself."""
