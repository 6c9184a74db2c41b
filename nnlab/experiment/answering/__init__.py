"""A run, or an ONNX file, as a float model that answers labelled pictures."""
