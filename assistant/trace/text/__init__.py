"""Bytes of any origin to records: packed files, encodings, copies, headers."""
