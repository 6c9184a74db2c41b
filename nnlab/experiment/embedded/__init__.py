"""Pictures as vectors: made by a run or a model, kept in a file, searched for the nearest."""
