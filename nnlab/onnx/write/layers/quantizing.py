"""Values and weights of 8 bits, in the form that engines make integer arithmetic of."""

from dataclasses import replace

import numpy as np

from nnlab.kernels.quantize import grid_over
from nnlab.layers.fake_quantize import FakeQuantize
from nnlab.layers.quantized_weights import QuantizedWeights
from nnlab.onnx.write.layers.base import ONNX_LAYERS, Place


@ONNX_LAYERS.register(FakeQuantize)
def fake_quantize(layer: FakeQuantize, place: Place, x: str) -> str:
    """To codes, unsigned and with a zero point, and back: QuantizeLinear, DequantizeLinear."""
    grid = grid_over(*place.values["range"])
    if grid is None:  # nothing but 0 was ever seen
        return place.add("Identity", x)
    store = place.building.store
    scale = store(f"{place.node}/scale", np.asarray(grid.scale))
    zero = store(f"{place.node}/zero_point", np.asarray(int(grid.zero)), np.uint8)
    return place.add("DequantizeLinear", place.add("QuantizeLinear", x, scale, zero, part="codes"), scale, zero)


@ONNX_LAYERS.register(QuantizedWeights)
def quantized_weights(layer: QuantizedWeights, place: Place, *xs: str) -> str:
    """The layer's own nodes, its weight stored as signed codes with a scale for each output."""
    first = len(place.building.nodes)
    own = replace(place, values={**place.values, "weight": layer.rounded(place.values["weight"])})
    y = ONNX_LAYERS.of(type(layer.inner))(layer.inner, own, *xs)
    place.building.code(f"{place.node}.weight", before=first)
    return y
