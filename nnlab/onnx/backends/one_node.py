"""Engines that compute one node of a plan at a time, given its inputs as arrays."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import onnx
from onnx import ModelProto, TypeProto, ValueInfoProto, helper

from nnlab.core.errors import DataError, NnlabError
from nnlab.onnx.apart.endless import node_loops
from nnlab.onnx.engine.compute import numpy_compute
from nnlab.onnx.engine.guard import run_step
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.engine.step import Step
from nnlab.onnx.file.tensors import elem_type_of
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.limits import running
from nnlab.onnx.ops.base import Value, Values
from nnlab.onnx.places import one_line


class OneNode(Protocol):
    """Computes one step of the plan of a model."""

    def outputs(self, place: int, values: Mapping[str, Value]) -> Values:
        """The outputs of the step at this place. Raises DataError: when it cannot compute them."""
        ...


class PlannedNodes:
    """One of nnlab's own engines: the steps of its own plan, which has the same nodes."""

    def __init__(self, steps: Plan, compute: Any, back: Any = lambda value: value):
        self.steps, self.compute, self.back = steps.steps, compute, back

    def outputs(self, place: int, values: Mapping[str, Value]) -> Values:
        """The step, run."""
        with running() as budget, np.errstate(all="ignore"):
            found = run_step(self.steps[place], self.compute, values, budget)
        return tuple(self.back(y) for y in found)


class LonelyNodes:
    """Another engine: each node as a model of its own, whose inputs are what it reads."""

    def __init__(self, view: ModelView, steps: Plan, run: Any):
        self.view, self.steps, self.run = view, steps.steps, run
        self.nodes = {name: node for node in steps.view.proto.node for name in node.output if name}

    def outputs(self, place: int, values: Mapping[str, Value]) -> Values:
        """The node's own model, run."""
        step = self.steps[place]
        node = self.nodes[next(name for name in step.outputs if name)]
        if node_loops(node):
            _require_an_end(step, values)
        names = list(dict.fromkeys(name for name in (*step.inputs, *step.captured) if name))
        feeds = {name: values[name] for name in names}
        wanted = [name for name in step.outputs if name]
        try:
            found = dict(zip(wanted, self.run(self._model(step, node, feeds, wanted), feeds, wanted), strict=True))
        except Exception as error:  # of each engine its own
            raise DataError(one_line(error), where=f"node {step.name}") from error
        return tuple(found.get(name) for name in step.outputs)

    def _model(self, step: Step, node: Any, feeds: Mapping[str, Value], wanted: Sequence[str]) -> ModelProto:
        inputs = [helper.make_value_info(name, _type(value)) for name, value in feeds.items()]
        outputs = [ValueInfoProto(name=name) for name in wanted]
        graph = helper.make_graph([node], "node", inputs, outputs)
        versions = {**self.view.opsets, step.operator.domain: step.operator.opset}
        opsets = [helper.make_opsetid(domain, version) for domain, version in versions.items()]
        return helper.make_model(graph, opset_imports=opsets, ir_version=min(onnx.IR_VERSION, 10))


def _require_an_end(step: Step, values: Mapping[str, Value]) -> None:
    """Runs loops on the hand-written engine, which counts turns: others may never end. Raises DataError: too many."""
    with running() as budget, np.errstate(all="ignore"):
        try:
            run_step(step, numpy_compute, values, budget)
        except NnlabError:
            if budget.turned > budget.turns:
                raise


def _type(value: Value) -> TypeProto:
    """The type of a value as ONNX says it."""
    if isinstance(value, list):
        return helper.make_sequence_type_proto(_type(value[0]) if value else helper.make_tensor_type_proto(1, None))
    if not hasattr(value, "dtype"):
        raise DataError("an input is neither a tensor nor a list of them")
    array = np.asarray(value)
    return helper.make_tensor_type_proto(elem_type_of(array.dtype), array.shape)
