"""Learners: the same training step on different engines."""
