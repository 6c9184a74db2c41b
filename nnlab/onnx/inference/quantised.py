"""Scores of 8 bits as the numbers that they stand for: what made them says how wide a step is."""

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.file.emits import PASSING
from nnlab.onnx.inference.origins import Origins

SCALE_AT = {
    "QuantizeLinear": 1, "QLinearConcat": 0, "QLinearSoftmax": 3, "QLinearSigmoid": 3, "QLinearLeakyRelu": 3,
    "QLinearAveragePool": 3, "QLinearGlobalAveragePool": 3, "QLinearAdd": 6, "QLinearMul": 6, "QLinearConv": 6,
    "QLinearMatMul": 6, "QGemm": 7,
}  # fmt: skip
"""Which input of what gives whole numbers is the scale of these; the zero point follows it."""


def unquantised(value: Array, name: str, origins: Origins) -> Array | None:
    """An output of whole numbers as what they stand for; None where nothing stored says it, or not by one scale.

    y = scale (q - zero)
    """
    node = origins.giver(name)
    while node is not None and node.operator in PASSING - SCALE_AT.keys():
        node = origins.giver(node.inputs[0])
    at = SCALE_AT.get(node.operator) if node else None
    if node is None or at is None:
        return None
    scale, zero = (origins.stored(given) for given in (*node.inputs[at : at + 2], "")[:2])
    if scale is None or scale.size != 1 or (zero is not None and zero.size != 1):
        return None
    offset = 0.0 if zero is None else float(zero.reshape(-1)[0])
    wide: Array = (value.astype(np.float64) - offset) * float(scale.reshape(-1)[0])
    return wide
