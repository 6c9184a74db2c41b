"""SequenceConstruct on torch."""

from typing import Any

from nnlab.onnx.ops.sequence_construct import SequenceConstruct
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(SequenceConstruct)
def sequence_construct(operator: SequenceConstruct, *xs: Any) -> list[Any]:
    """A sequence of the inputs."""
    return list(xs)
