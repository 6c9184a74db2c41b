"""What a run leaves behind: the record, the run folder, its figures."""
