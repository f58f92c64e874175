"""Packets that other traces, captures and ping show."""
