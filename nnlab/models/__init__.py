"""Networks as graphs of layers: graph.py runs one, each other file is a recipe for one."""
