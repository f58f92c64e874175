"""The knowledge base: data only; `assistant.catalog` reads it."""
