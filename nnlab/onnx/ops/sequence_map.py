"""SequenceMap."""

from collections.abc import Mapping
from dataclasses import dataclass

from nnlab.core.errors import ShapeError
from nnlab.onnx.ops.base import OPERATORS, ControlFlow, Subgraph, Value, Values


@OPERATORS.register("SequenceMap", since=17)
@dataclass(frozen=True, kw_only=True, eq=False)
class SequenceMap(ControlFlow):
    """A graph applied to every item of a sequence, together with the same item of further ones, or with tensors."""

    body: Subgraph

    def forward(self, sequence: list[Value], *more: Value, scope: Mapping[str, Value]) -> Values:
        """One sequence for each output of the graph."""
        for other in more:
            if isinstance(other, list) and len(other) != len(sequence):
                raise ShapeError(f"sequences of {len(sequence)} and {len(other)} items cannot be taken together")
        turns = [
            self.body(scope, item, *(other[place] if isinstance(other, list) else other for other in more))
            for place, item in enumerate(sequence)
        ]
        return tuple([turn[place] for turn in turns] for place in range(len(self.body.outputs)))
