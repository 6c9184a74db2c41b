"""How the values of a new parameter are drawn: one initializer per file."""
