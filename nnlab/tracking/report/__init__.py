"""report.html of a run: a file for each of its parts, and a reading for each task. Made from the run folder alone."""
