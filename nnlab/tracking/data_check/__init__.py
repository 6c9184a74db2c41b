"""The page of a dataset that was checked."""
