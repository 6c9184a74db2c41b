"""Sets larger than memory: prepared pixels in files, whose rows are read when they are wanted."""
