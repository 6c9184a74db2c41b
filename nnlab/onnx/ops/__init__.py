"""The operators of ONNX by hand, on NumPy: one per file, forward and, where there is one, its gradient."""
