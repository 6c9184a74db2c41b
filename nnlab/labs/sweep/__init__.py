"""Sweeps: what a plan proposes to try, trained as cells, and which of it is best."""
