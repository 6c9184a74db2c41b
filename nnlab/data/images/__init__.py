"""The image libraries behind one contract (base.py)."""
