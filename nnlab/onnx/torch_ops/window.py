"""HannWindow and HammingWindow and BlackmanWindow on torch."""

from typing import Any

from nnlab.onnx.ops.window import BlackmanWindow, HammingWindow, HannWindow
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(HannWindow)
def hann_window(operator: HannWindow, *inputs: Any) -> Any:
    """y = 1/2 - 1/2 cos(2 pi i / n)"""
    return by_numpy(operator, *inputs)


@TORCH_OPERATORS.register(HammingWindow)
def hamming_window(operator: HammingWindow, *inputs: Any) -> Any:
    """y = 25/46 - 21/46 cos(2 pi i / n)"""
    return by_numpy(operator, *inputs)


@TORCH_OPERATORS.register(BlackmanWindow)
def blackman_window(operator: BlackmanWindow, *inputs: Any) -> Any:
    """y = 0.42 - 0.5 cos(2 pi i / n) + 0.08 cos(4 pi i / n)"""
    return by_numpy(operator, *inputs)
