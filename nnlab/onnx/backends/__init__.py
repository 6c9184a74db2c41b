"""The engines as onnx's own backend interface has it: prepare, run_model, supports_device."""
