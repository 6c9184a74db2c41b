"""Ways to make new samples of two: one file per way."""
