"""SequenceErase on torch."""

from typing import Any

import torch

from nnlab.onnx.ops.sequence_erase import SequenceErase
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(SequenceErase)
def sequence_erase(operator: SequenceErase, sequence: list[Any], position: torch.Tensor | None = None) -> list[Any]:
    """A sequence without one item."""
    place = operator.place(len(sequence), position)
    return [*sequence[:place], *sequence[place + 1 :]]
