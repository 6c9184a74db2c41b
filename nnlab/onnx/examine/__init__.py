"""Looking at an ONNX model: what is in it, whether every engine computes it alike, and which node does not."""
