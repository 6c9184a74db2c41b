"""nnlab from Python: what `import nnlab` offers. docs/python.md"""
