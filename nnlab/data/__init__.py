"""An image file becomes a batch; read pipeline.py first."""
