"""Explainers: which places of a picture a network's answer came from; one method per file."""
