"""Kinds of work that a cell may be, one per file, named after its class."""
