"""The annotated trace of a page: every record's text once, and what is known of it as data."""

from reports.trace.section import TraceSection, trace_section

__all__ = ["TraceSection", "trace_section"]
