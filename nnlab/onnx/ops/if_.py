"""If."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, ControlFlow, Gradients, Subgraph, Value, Values


@OPERATORS.register("If", since=(1, 11, 13, 16, 19, 21, 23, 24, 25))
@dataclass(frozen=True, kw_only=True, eq=False)
class If(ControlFlow):
    """One of two graphs, as the condition says; both give the same outputs and read what they need from around them.

    Gradient:  that of the graph which ran, over what it reads from around it
    """

    then_branch: Subgraph
    else_branch: Subgraph

    def forward(self, cond: Array, *, scope: Mapping[str, Value]) -> Values:
        """The outputs of the branch."""
        return self.branch(cond)(scope)

    def branch(self, cond: Any) -> Subgraph:
        """The graph that the condition chooses. Works for arrays and for tensors."""
        return self.then_branch if bool(cond.item()) else self.else_branch

    def backward_around(
        self, dys: Gradients, inputs: Values, outputs: Values, scope: Mapping[str, Value]
    ) -> tuple[Gradients, Mapping[str, Array]]:
        """None for the condition; the gradients of what the branch reads."""
        _, around = self.branch(inputs[0]).gradients(scope, (), dys)
        return (None,), around
