"""Writing a file: a network as an ONNX model, and that model held against the network."""
