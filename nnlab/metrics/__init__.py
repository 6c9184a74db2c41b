"""Figures that are not minimised: accuracy, confusion matrix."""
