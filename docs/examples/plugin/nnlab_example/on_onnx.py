"""The package's layers as ONNX nodes, for `nnlab export`."""

from nnlab.onnx.write.layers import ONNX_LAYERS, Place
from nnlab_example.softsign import Softsign


@ONNX_LAYERS.register(Softsign)
def softsign(layer: Softsign, place: Place, x: str) -> str:
    """ONNX has an operator of this name."""
    return place.add("Softsign", x)
