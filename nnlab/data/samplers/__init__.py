"""Samplers, one per file: which samples come in an epoch, and which of them together in a minibatch."""
