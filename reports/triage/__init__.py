"""The triage of many tickets as pages, tables and documents."""
