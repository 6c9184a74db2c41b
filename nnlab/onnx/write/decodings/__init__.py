"""How each task reads the heads of a network, as ONNX operators: a file for each task."""

from nnlab.onnx.write.decodings.base import DECODINGS, Decoding, Given, decoding_of

__all__ = ["DECODINGS", "Decoding", "Given", "decoding_of"]
