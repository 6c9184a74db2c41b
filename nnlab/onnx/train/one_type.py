"""One floating-point type for a whole graph: that of the network, whatever the file computes in here and there.

A file may cast to half precision inside, make its constants in float32, or take bfloat16. A network that is trained has
one type (float32), and its gradient is checked in another (float64): a node that rounds to a type of its own would make
differences of the objective mean nothing, and torch refuses to multiply two types.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
from onnx import AttributeProto, NodeProto, TensorProto, numpy_helper

from nnlab.onnx.engine.compute import Compute
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.engine.subgraph import InnerGraph
from nnlab.onnx.file.tensors import dtype_of, elem_type_of
from nnlab.onnx.ops.base import OPERATORS, Operator, Value, is_float

FLOATS = frozenset({TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16})
"""The types that become one. Floats of 8 bits and fewer are quantised numbers and stay."""


def in_one_type(plan: Plan, dtype: Any, compute: Compute) -> Plan:
    """The same plan, all of it in this type, graphs inside operators as well.

    Options:  compute: the engine that runs those graphs.
    """
    steps = tuple(replace(step, operator=_operator(step.operator, dtype, compute)) for step in plan.steps)
    return replace(plan, steps=steps, constants=constants_in(plan.constants, dtype), quick=None)


def constants_in(constants: Mapping[str, Value], dtype: Any) -> dict[str, Value]:
    """Stored values, those of floating point in this type."""
    return {name: value.astype(dtype, copy=False) if is_float(value) else value for name, value in constants.items()}


def _operator(operator: Operator, dtype: Any, compute: Compute) -> Operator:
    changed: dict[str, Any] = {}
    for field in fields(operator):
        value = getattr(operator, field.name)
        if isinstance(value, InnerGraph):
            changed[field.name] = InnerGraph(in_one_type(value.plan, dtype, compute), compute)
        elif is_float(value):
            changed[field.name] = value.astype(dtype)
        elif field.name in operator.names_a_type and value in FLOATS:
            changed[field.name] = elem_type_of(dtype)
    if operator.name == "ConstantOfShape" and getattr(operator, "value", 0) is None:  # 0, by default in float32
        changed["value"] = np.zeros(1, dtype)
    return replace(operator, **changed) if changed else operator


def retype(node: NodeProto, dtype: Any) -> None:
    """The same for a node that is to be written: changed in place."""
    types = (OPERATORS.named(node.op_type, node.domain) or Operator).names_a_type
    for attribute in node.attribute:
        if attribute.type == AttributeProto.INT and attribute.name in types and attribute.i in FLOATS:
            attribute.i = elem_type_of(dtype)
        for tensor in (*([attribute.t] if attribute.HasField("t") else []), *attribute.tensors):
            _retype_tensor(tensor, dtype)
        for graph in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
            for inner in graph.initializer:
                _retype_tensor(inner, dtype)
            for value in (*graph.input, *graph.output, *graph.value_info):
                if value.type.tensor_type.elem_type in FLOATS:
                    value.type.tensor_type.elem_type = elem_type_of(dtype)
            for inside in graph.node:
                retype(inside, dtype)


def _retype_tensor(tensor: TensorProto, dtype: Any) -> None:
    if tensor.data_type in FLOATS and dtype_of(tensor.data_type) != dtype:
        values = numpy_helper.to_array(tensor).astype(dtype)
        tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
