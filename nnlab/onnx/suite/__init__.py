"""onnx's own backend test-suite, run through nnlab's engines, and the page that says what came of it."""
