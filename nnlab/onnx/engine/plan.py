"""A model as the steps that run it: operators found for every node, constants computed once, memory freed in time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

import numpy as np
import onnx
from onnx.defs import SchemaError

from nnlab.core.errors import DataError
from nnlab.onnx.engine.denormals import flushed, say
from nnlab.onnx.engine.folding import folded
from nnlab.onnx.engine.guard import run_step
from nnlab.onnx.engine.subgraph import InnerGraph
from nnlab.onnx.file.functions import MOST_ROUNDS, is_function, with_functions_put_in
from nnlab.onnx.file.read import OLDEST_OPSET
from nnlab.onnx.file.signature import check_signature
from nnlab.onnx.file.views import GraphView, ModelView, NodeView
from nnlab.onnx.limits import running
from nnlab.onnx.ops.base import OPERATORS, ControlFlow, Operator, Value, Values, made
from nnlab.onnx.places import placed


class Compute(Protocol):
    """An engine: what computes one operator."""

    def __call__(self, operator: Operator, inputs: Values, scope: Mapping[str, Value]) -> Values:
        """The operator's outputs; `scope` has every value that graphs inside it may read."""
        ...


@dataclass(frozen=True, eq=False)
class Step:
    """One node, ready to run.

    Options:  frees: names that nobody reads after it.  captured: names that graphs inside it read from around it.
    """

    operator: Operator
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    captured: tuple[str, ...] = ()
    frees: tuple[str, ...] = ()

    def of(self, values: Mapping[str, Value]) -> Values:
        """Its inputs; None for those left out."""
        return tuple([values[name] if name else None for name in self.inputs])


@dataclass(frozen=True, eq=False)
class Plan:
    """A graph as steps in order.

    Options:  constants: initializers, by name.  inputs, outputs: what is given and what is wanted, by name.
              quick: the same with all computed that depends on constants alone; for runs that keep the constants.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    constants: Mapping[str, Value]
    steps: tuple[Step, ...]
    view: GraphView
    quick: "Plan | None" = None

    def run(self, compute: Compute, given: Mapping[str, Value], scope: Mapping[str, Value] | None = None) -> Values:
        """The outputs. A value is let go when its last reader has run.

        Options:  given: the inputs by name.  scope: the values of the graphs around this one.
        """
        if self.quick is not None and not given.keys() & self.constants.keys():
            return self.quick.run(compute, given, scope)
        values: dict[str, Value] = {**(scope or {}), **self.constants, **given}
        with running() as budget:
            for step in self.steps:
                outputs = run_step(step, compute, values, budget)
                for name, y in zip(step.outputs, outputs, strict=False):
                    if name:
                        values[name] = y
                for name in step.frees:
                    del values[name]
        return tuple(values[name] for name in self.outputs)


def every_step(plan: Plan) -> Iterator[Step]:
    """The steps of a plan, those of graphs inside operators as well."""
    for step in plan.steps:
        yield step
        for field in fields(step.operator):
            inner = getattr(step.operator, field.name)
            if isinstance(inner, InnerGraph):
                yield from every_step(inner.plan)


@dataclass(frozen=True)
class Unsupported:
    """A node whose operator no engine here computes."""

    operator: str
    domain: str
    version: int | None
    node: str

    def __str__(self) -> str:
        name = f"{self.domain}.{self.operator}" if self.domain else self.operator
        return f"{name} (version {self.version or 'unknown'}) at node {self.node}"


def plan(model: ModelView, compute: Compute) -> Plan:
    """The plan of a model's graph, denormal weights flushed, which is said.

    Options:  compute: the engine, for graphs that operators run themselves.
    Raises:  DataError: naming every operator that is not supported, with its version and nodes; a graph with a cycle or
             a name that nothing gives; attributes that an operator does not have.
    """
    with placed(model.where):
        model, missing = _computable(model)
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


def _computable(model: ModelView) -> tuple[ModelView, list[Unsupported]]:
    """The model with functions put in for what has no class here, and what is missing even so."""
    missing = unsupported(model)
    for _ in range(MOST_ROUNDS):
        lacking = {(one.domain, one.operator) for one in missing}
        nodes = [node for node in model.walk() if (node.domain, node.operator) in lacking]
        functions = {(n.domain, n.operator) for n in nodes if is_function(n, model.opsets)}
        if not functions:
            break
        model = with_functions_put_in(model, sorted(functions))
        before, missing = missing, unsupported(model)
        if missing == before:
            break
    return model, missing


def unsupported(model: ModelView) -> list[Unsupported]:
    """Every node whose operator is not in the table, the first of each operator."""
    found: dict[tuple[str, str], Unsupported] = {}
    for node in model.walk():
        since = since_version(node, model.opsets)
        if since is None or OPERATORS.get(node.domain, node.operator, since) is None:
            found.setdefault((node.domain, node.operator), Unsupported(node.operator, node.domain, since, node.name))
    return list(found.values())


def is_old(model: ModelView) -> bool:
    """Whether it asks for operators of before the version from which on nnlab computes all that it knows."""
    return model.opsets.get("", OLDEST_OPSET) < OLDEST_OPSET


def since_version(node: NodeView, opsets: Mapping[str, int]) -> int | None:
    """The version in which the operator last changed, as of the one that the model asks for; None if there is none."""
    asked = opsets.get(node.domain)
    if asked is None:
        return None
    try:
        return int(onnx.defs.get_schema(node.operator, asked, node.domain).since_version)
    except (SchemaError, TypeError):  # an operator that onnx does not know: onnxruntime's own, or a plug-in's
        return OPERATORS.newest(node.domain, node.operator, asked)


class _Planner:
    def __init__(self, opsets: Mapping[str, int], compute: Compute):
        self.opsets, self.compute, self.denormals = opsets, compute, 0

    def plan(self, view: GraphView, around: frozenset[str]) -> Plan:
        """Options:  around: names that the graphs around this one give."""
        given = {value.name for value in view.inputs} | view.initializers.keys()
        nodes = _in_order(view, given | around)
        known = around | given | {name for node in nodes for name in node.outputs}
        steps = [self._step(node, known) for node in nodes]
        outputs = tuple(value.name for value in view.outputs)
        own = {name for step in steps for name in step.outputs if name} | {value.name for value in view.inputs}
        inputs = tuple(value.name for value in view.inputs)
        freed = own - set(outputs)
        values, count = flushed(list(view.initializers.values()))
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
        captured = {name for graph in inner for name in _reads(graph)} & set(known)
        return Step(operator, node.name, node.inputs, outputs, tuple(sorted(captured)))

    def _attribute(self, value: Any, known: frozenset[str], inner: list[Plan]) -> Any:
        if isinstance(value, GraphView):
            body = self.plan(value, known)
            inner.append(body)
            return InnerGraph(body, self.compute)
        (value,), count = flushed([value])
        self.denormals += count
        return value


def _reads(graph: Plan) -> set[str]:
    """Every name that a graph reads, its own included."""
    return {name for step in graph.steps for name in (*step.inputs, *step.captured)} | set(graph.outputs)


def _in_order(view: GraphView, given: frozenset[str] | set[str]) -> list[NodeView]:
    """The nodes, each after those that it reads. Files list them so; others are sorted.

    Raises:  DataError: for names that nothing gives, a name given twice, or a cycle.
    """
    makers: dict[str, NodeView] = {}
    for node in view.nodes:
        for name in node.outputs:
            if name and (name in makers or name in view.initializers):
                raise DataError(f"two nodes give {name!r}", where=f"node {node.name}")
            makers[name] = node
    done, order, known = set(), [], set(given)
    for root in view.nodes:
        stack = [root]
        path: set[int] = set()
        while stack:
            node = stack[-1]
            if id(node) in done:
                stack.pop()
                continue
            waiting = [
                makers[n] for n in _needs(node) if n and n not in known and n in makers and makers[n] is not node
            ]
            lost = [n for n in node.inputs if n and n not in known and n not in makers]
            if lost:
                raise DataError(f"reads {lost[0]!r}, which nothing gives", where=f"node {node.name}")
            if not waiting and not any(n in node.outputs for n in node.inputs if n):
                order.append(node)
                known.update(node.outputs)
                done.add(id(node))
                stack.pop()
            elif id(node) in path:
                raise DataError("reads what is made from its own output (a cycle)", where=f"node {node.name}")
            else:
                path.add(id(node))
                stack.extend(waiting)
    for value in view.outputs:
        if value.name not in known:
            raise DataError(f"output {value.name!r} is given by nothing", where=f"graph {view.name}")
    return order


def _needs(node: NodeView) -> list[str]:
    """What a node reads, graphs inside it included."""
    names = [name for name in node.inputs if name]
    for value in node.attributes.values():
        if isinstance(value, GraphView):
            names += [name for inner in value.nodes for name in _needs(inner)]
            names += [output.name for output in value.outputs]
    return names


def freeing(steps: Sequence[Step], names: set[str]) -> list[Step]:
    """The steps, each letting go of what it is the last to read (or makes for nobody)."""
    last: dict[str, int] = {}
    for place, step in enumerate(steps):
        for name in (*step.inputs, *step.captured, *step.outputs):
            if name in names:
                last[name] = place
    frees: dict[int, list[str]] = {}
    for name, place in last.items():
        frees.setdefault(place, []).append(name)
    return [
        Step(s.operator, s.name, s.inputs, s.outputs, s.captured, tuple(frees.get(place, ())))
        for place, s in enumerate(steps)
    ]


def numpy_compute(operator: Operator, inputs: Values, scope: Mapping[str, Value]) -> Values:
    """The hand-written engine: the operator's own forward."""
    y = operator.forward(*inputs, scope=scope) if isinstance(operator, ControlFlow) else operator.forward(*inputs)
    return tuple(np.asarray(x) if isinstance(x, np.generic) else x for x in (y if isinstance(y, tuple) else (y,)))
