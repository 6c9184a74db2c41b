"""The figures of a run: those of any run, and a file for each task's own."""
