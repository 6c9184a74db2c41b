"""Choices that the field makes in more than one way, one per file; other packages may add theirs."""
