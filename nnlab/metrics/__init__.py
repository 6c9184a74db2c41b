"""Figures that are not minimised: accuracy, errors of numbers."""
