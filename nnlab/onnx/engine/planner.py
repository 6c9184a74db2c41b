"""From a model to its plan: operators found for every node, constants computed once, memory freed in time."""

from collections.abc import Mapping
from typing import Any

from nnlab.core.errors import DataError
from nnlab.onnx.engine.compute import Compute
from nnlab.onnx.engine.denormals import flushed, say
from nnlab.onnx.engine.folding import folded, freeze
from nnlab.onnx.engine.order import in_order
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.engine.step import Step, freeing
from nnlab.onnx.engine.subgraph import InnerGraph
from nnlab.onnx.engine.support import computable, is_old, since_version
from nnlab.onnx.file.signature import check_signature
from nnlab.onnx.file.views import GraphView, ModelView, NodeView
from nnlab.onnx.ops.base import OPERATORS, made
from nnlab.onnx.places import placed


def plan(model: ModelView, compute: Compute) -> Plan:
    """The plan of a model's graph, denormal weights flushed, which is said.

    Options:  compute: the engine, for graphs that operators run themselves.
    Raises:  DataError: naming every operator that is not supported, with its version and nodes; a graph with a cycle or
             a name that nothing gives; attributes that an operator does not have.
    """
    with placed(model.where):
        model, missing = computable(model)
        if missing:
            raise DataError(
                f"operators that nnlab does not compute: {', '.join(map(str, missing))}",
                where=model.graph.name or None,
                hint="convert it with onnx.version_converter" if is_old(model) else "try --engine=onnxruntime",
            )
        planner = _Planner(model.opsets, compute)
        found = planner.plan(model.graph, frozenset())
        if planner.denormals:
            say(model.where, planner.denormals)
        return found


class _Planner:
    def __init__(self, opsets: Mapping[str, int], compute: Compute):
        self.opsets, self.compute, self.denormals = opsets, compute, 0

    def plan(self, view: GraphView, around: frozenset[str]) -> Plan:
        """Options:  around: names that the graphs around this one give."""
        given = {value.name for value in view.inputs} | view.initializers.keys()
        nodes = in_order(view, given | around)
        known = around | given | {name for node in nodes for name in node.outputs}
        steps = [self._step(node, known) for node in nodes]
        outputs = tuple(value.name for value in view.outputs)
        own = {name for step in steps for name in step.outputs if name} | {value.name for value in view.inputs}
        inputs = tuple(value.name for value in view.inputs)
        freed = own - set(outputs)
        values, count = flushed(list(view.initializers.values()))
        freeze(values)
        stored = dict(zip(view.initializers, values, strict=True))
        self.denormals += count
        made, left = folded(steps, stored, self.compute)
        constants = {**stored, **made}
        quick = Plan(inputs, outputs, constants, tuple(freeing(left, freed - made.keys())), view) if made else None
        return Plan(inputs, outputs, stored, tuple(freeing(steps, freed)), view, quick)

    def _step(self, node: NodeView, known: frozenset[str] | set[str]) -> Step:
        since = since_version(node, self.opsets)
        cls = OPERATORS.get(node.domain, node.operator, since or 0)
        assert cls is not None  # unsupported() has looked
        check_signature(node, since or 0)
        inner: list[Plan] = []
        attributes = {name: self._attribute(value, frozenset(known), inner) for name, value in node.attributes.items()}
        outputs = node.outputs
        while outputs and not outputs[-1]:
            outputs = outputs[:-1]
        operator = made(cls, attributes, where=node.name, outputs=len(outputs), opset=self.opsets[node.domain])
        captured = {name for graph in inner for name in graph.reads} & set(known)
        return Step(operator, node.name, node.inputs, outputs, tuple(sorted(captured)))

    def _attribute(self, value: Any, known: frozenset[str], inner: list[Plan]) -> Any:
        if isinstance(value, GraphView):
            body = self.plan(value, known)
            inner.append(body)
            return InnerGraph(body, self.compute)
        (value,), count = flushed([value])
        self.denormals += count
        return value
