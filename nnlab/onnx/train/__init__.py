"""Training a file: its graph as a layer, and what is found of a graph for that."""
