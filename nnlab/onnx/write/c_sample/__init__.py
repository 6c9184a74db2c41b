"""A folder with a C program that runs an exported file through onnxruntime, and what it must give."""
