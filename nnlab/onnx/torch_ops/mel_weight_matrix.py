"""MelWeightMatrix on torch."""

import torch

from nnlab.onnx.ops.mel_weight_matrix import MelWeightMatrix
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(MelWeightMatrix)
def mel_weight_matrix(operator: MelWeightMatrix, *numbers: torch.Tensor) -> torch.Tensor:
    """What turns frequencies into bands of equal width on the mel scale: nothing of it is learned."""
    return by_numpy(operator, *numbers)
