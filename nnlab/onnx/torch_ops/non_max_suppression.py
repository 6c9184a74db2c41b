"""NonMaxSuppression on torch."""

from nnlab.onnx.ops.non_max_suppression import NonMaxSuppression
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy

TORCH_OPERATORS.register(NonMaxSuppression)(by_numpy)
"""By hand: torch itself has none, and places have no gradient."""
