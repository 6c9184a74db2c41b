"""One module per file format: what a file's bytes say, and what of them a decoder is handed."""
