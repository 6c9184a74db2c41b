"""A run scored on labelled pictures: a folder of them, or a partition of its own dataset."""
