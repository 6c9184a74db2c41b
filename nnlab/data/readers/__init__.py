"""From a dataset's folder to its samples and what is true of each: one layout per file."""
