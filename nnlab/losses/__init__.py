"""The losses: one per file, the mean over the batch and its gradient."""
