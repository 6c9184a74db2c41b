"""Checks of a dataset, one per file: what is wrong with it, or looks so."""
