"""Answers over HTTP on this machine: `nnlab serve`, and the page of `nnlab train --live`."""
