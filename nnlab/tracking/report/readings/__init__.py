"""What each task makes of a run's page: its result in a sentence, its figures, captions of its pictures."""
