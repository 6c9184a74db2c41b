"""Answers over HTTP on this machine: `nnlab serve`."""
