"""Networks in ONNX: read, run on the hand-written engine or on torch, trained further, written."""
