"""The layers as ONNX nodes, by family: each a function of the layer, its place in the graph, and the names it reads.

What is written is the network in evaluation: Dropout lets everything through, BatchNorm uses its running statistics.
"""

from importlib import import_module
from pkgutil import iter_modules

from nnlab.onnx.write.layers.base import ONNX_LAYERS, OnnxLayer, Place

__all__ = ["ONNX_LAYERS", "OnnxLayer", "Place"]

for _module in iter_modules(__path__, f"{__name__}."):  # every file beside this one registers what it has
    import_module(_module.name)
