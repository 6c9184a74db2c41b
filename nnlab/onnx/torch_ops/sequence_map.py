"""SequenceMap on torch."""

from collections.abc import Mapping
from typing import Any

from nnlab.onnx.ops.sequence_map import SequenceMap
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(SequenceMap)
def sequence_map(operator: SequenceMap, sequence: list[Any], *more: Any, scope: Mapping[str, Any]) -> tuple[Any, ...]:
    """A graph applied to every item of a sequence."""
    return operator.forward(sequence, *more, scope=scope)
