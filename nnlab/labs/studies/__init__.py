"""Studies: what a bigger model, a bigger picture, another seed costs on this machine, and whether it buys accuracy."""
