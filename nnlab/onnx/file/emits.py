"""What a graph's output is, found from the graph: back from the output to the node that made it what it is.

A softmax need not be the last node. Exporters, quantisers and people put nodes behind it that leave the numbers as they
are (a Reshape, a Cast, a Dropout in evaluation) or nearly (8 bits, a Clip to keep off 0); some write a softmax as Exp,
ReduceSum and Div. Training and inference both ask here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.file.tensors import dtype_of
from nnlab.onnx.file.views import GraphView, ModelView, NodeView
from nnlab.onnx.precision import is_float_type

Kind = Literal["probabilities", "log probabilities", "scores"]

MAKERS: Mapping[str, Kind] = {
    "Softmax": "probabilities",
    "QLinearSoftmax": "probabilities",
    "LogSoftmax": "log probabilities",
    "Sigmoid": "scores",
    "HardSigmoid": "scores",
    "QLinearSigmoid": "scores",
}
"""What these operators give: of all classes together, its logarithm, or of every class on its own from 0 to 1."""

PASSING = frozenset({
    "CastLike", "DequantizeLinear", "Dropout", "Expand", "Flatten", "Identity", "QuantizeLinear", "Reshape", "Round",
    "Squeeze", "Transpose", "Unsqueeze", "ZipMap",
})  # fmt: skip
"""Operators that give the numbers that they are given, to rounding."""

SUMS = frozenset({"ReduceL1", "ReduceSum"})
"""Of what is positive, the same."""

OFF_THE_ENDS = 0.01
"""How far from 0 and 1 a Clip may hold probabilities for them to be that still."""


@dataclass(frozen=True)
class Emitted:
    """What an output is.

    Options:  by: the operator that made it so.  step: the width of a step where it went through 8 bits, else 0.
    """

    kind: Kind
    by: str
    step: float = 0.0

    def tolerance(self, classes: int) -> float:
        """How far rounding to steps can take the sum of so many classes from 1."""
        return classes * self.step / 2


def emitted(view: ModelView, output: str | None = None) -> Emitted | None:
    """What an output is, the first unless another is named; None where the graph does not say (most often: logits)."""
    makers = {name: node for node in view.graph.nodes for name in node.outputs if name}
    return _Trace(makers, view.graph).of(output or view.graph.outputs[0].name)


def adds_up(y: Array, tolerance: float) -> bool:
    """Whether every row of numbers is of probabilities: none below 0, and 1 in all to within the tolerance."""
    rows = y.reshape(len(y), -1).astype(np.float64)
    return bool(np.all(rows >= -tolerance) and np.all(np.abs(rows.sum(axis=1) - 1) <= tolerance))


class _Trace:
    """The way back through a graph."""

    def __init__(self, makers: Mapping[str, NodeView], graph: GraphView):
        self.makers, self.graph = makers, graph

    def of(self, name: str, left: int = 1000) -> Emitted | None:
        """What a value is.

        Options:  left: how many more nodes are looked at; files may hold circles.
        """
        node = self.makers.get(name)
        if node is None or not left:
            return None
        if node.operator in MAKERS:
            return Emitted(MAKERS[node.operator], node.operator, self._step(node))
        more = self.OTHERS.get(node.operator)
        if more is not None:
            return more(self, node, left - 1)
        if node.operator not in PASSING:
            return None
        found = self.of(node.inputs[0], left - 1)
        return replace(found, step=max(found.step, self._step(node))) if found else None

    def _value(self, name: str) -> Array | None:
        node = self.makers.get(name)
        if node is None:
            return self.graph.initializer(name)
        value = node.attributes.get("value") if node.operator == "Constant" else None
        return value if isinstance(value, np.ndarray) else None

    def _step(self, node: NodeView) -> float:
        """The width of a step of what a node quantises."""
        place = {"DequantizeLinear": 1, "QuantizeLinear": 1, "QLinearSoftmax": 3, "QLinearSigmoid": 3}
        at = place.get(node.operator)
        scale = self._value(node.inputs[at]) if at is not None and len(node.inputs) > at else None
        return 0.0 if scale is None else float(np.max(scale))

    def _clip(self, node: NodeView, left: int) -> Emitted | None:
        bounds: list[Any] = [node.attributes.get("min"), node.attributes.get("max")]
        for place, name in enumerate(node.inputs[1:3]):
            bounds[place] = self._value(name) if name else None
        low, high = (None if bound is None else float(np.reshape(bound, -1)[0]) for bound in bounds)
        held = (low is not None and low > OFF_THE_ENDS) or (high is not None and high < 1 - OFF_THE_ENDS)
        found = self.of(node.inputs[0], left)
        return None if held and found and found.kind != "log probabilities" else found

    def _cast(self, node: NodeView, left: int) -> Emitted | None:
        to = dtype_of(int(node.attributes.get("to", 1)))
        return self.of(node.inputs[0], left) if is_float_type(np.dtype(to)) else None

    def _log(self, node: NodeView, left: int) -> Emitted | None:
        found = self.of(node.inputs[0], left)
        return replace(found, kind="log probabilities") if found and found.kind == "probabilities" else None

    def _exp(self, node: NodeView, left: int) -> Emitted | None:
        found = self.of(node.inputs[0], left)
        return replace(found, kind="probabilities") if found and found.kind == "log probabilities" else None

    def _div(self, node: NodeView, left: int) -> Emitted | None:
        """e / sum(e), e = exp(...): a softmax in its parts; or probabilities over a number."""
        if self._positive(node.inputs[1]):
            return self._scaled(node.inputs[0], left)
        powers, total = (self.makers.get(name) for name in node.inputs)
        if powers is None or total is None or powers.operator != "Exp" or total.operator not in SUMS:
            return None
        return Emitted("probabilities", "Softmax") if total.inputs[0] == node.inputs[0] else None

    def _mul(self, node: NodeView, left: int) -> Emitted | None:
        """Probabilities times a number: percentages, as a rule."""
        first, second = node.inputs
        first, second = (second, first) if self._positive(first) else (first, second)
        return self._scaled(first, left) if self._positive(second) else None

    def _positive(self, name: str) -> bool:
        value = self._value(name)
        return value is not None and value.size == 1 and float(value.reshape(-1)[0]) > 0

    def _scaled(self, name: str, left: int) -> Emitted | None:
        """What a value is after it was multiplied by a number: shares of a whole stay that, whatever they add up to."""
        found = self.of(name, left)
        return found if found and found.kind == "probabilities" else None

    OTHERS: Mapping[str, Callable[["_Trace", NodeView, int], Emitted | None]] = {
        "Cast": _cast,
        "Clip": _clip,
        "Div": _div,
        "Exp": _exp,
        "Log": _log,
        "Mul": _mul,
    }
