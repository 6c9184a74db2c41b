"""Weights that others published, for the networks that are theirs and nnlab's alike."""
