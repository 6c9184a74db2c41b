"""nnlab: a laboratory for neural networks on small computer-vision tasks."""

__version__ = "0.1.0.dev0"
