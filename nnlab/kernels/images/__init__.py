"""Kernels of images with the channels last, as layers train them; those of `kernels/` have them first, as ONNX does."""
