"""From a picture to what an ONNX network says of it: fed as it was trained, read as what it gives."""
