"""Typed views over an ONNX model: what a protobuf says, as Python values."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import onnx
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, ValueInfoProto

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.file.tensors import array_of, dtype_of
from nnlab.onnx.limits import memory_limit

Size = int | str | None
"""Of one axis: a number, a name ("N") or unknown."""


@dataclass(frozen=True)
class ValueView:
    """An input or output of a graph.

    Options:  dtype: NumPy's; None for what is no tensor (sequences, optionals).  shape: None where nothing is said.
    """

    name: str
    dtype: Any
    shape: tuple[Size, ...] | None

    @property
    def is_tensor(self) -> bool:
        """Whether it is declared as one."""
        return self.dtype is not None or self.shape is not None

    @classmethod
    def of(cls, proto: ValueInfoProto) -> "ValueView":
        """The view of a value's declaration."""
        if proto.type.WhichOneof("value") != "tensor_type":
            return cls(proto.name, None, None)
        tensor = proto.type.tensor_type
        shape = None
        if tensor.HasField("shape"):
            shape = tuple(
                axis.dim_value
                if axis.HasField("dim_value") and axis.dim_value >= 0  # some writers say -1 for "any"
                else (axis.dim_param or None)
                for axis in tensor.shape.dim
            )
        dtype = dtype_of(tensor.elem_type, f"value {proto.name}") if tensor.elem_type else None
        return cls(proto.name, dtype, shape)


@dataclass(frozen=True, eq=False)
class NodeView:
    """One node: an operator with its attributes, and the names that it reads and writes ("" for what is left out)."""

    proto: NodeProto

    @property
    def domain(self) -> str:
        """Where the operator is defined; "" for ONNX's own."""
        return "" if self.proto.domain == "ai.onnx" else str(self.proto.domain)

    @property
    def operator(self) -> str:
        """The operator's name."""
        return str(self.proto.op_type)

    @property
    def name(self) -> str:
        """The node's name, or that of its first output where it has none."""
        return str(self.proto.name) or next((name for name in self.proto.output if name), self.operator)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names that it reads."""
        return tuple(self.proto.input)

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names that it writes."""
        return tuple(self.proto.output)

    @cached_property
    def attributes(self) -> dict[str, Any]:
        """Numbers, texts, arrays, lists of these, and graphs as GraphView."""
        return {attribute.name: _attribute(attribute, self.name) for attribute in self.proto.attribute}


@dataclass(frozen=True, eq=False)
class GraphView:
    """A graph: the model's own, or one inside a node."""

    proto: GraphProto

    @property
    def name(self) -> str:
        """The graph's name."""
        return str(self.proto.name)

    @cached_property
    def initializers(self) -> Mapping[str, Array]:
        """The stored values, by name."""
        dense = {tensor.name: array_of(tensor) for tensor in self.proto.initializer}
        return dense | {sparse.values.name: _sparse(sparse) for sparse in self.proto.sparse_initializer}

    def initializer(self, name: str) -> Array | None:
        """One stored value, all others left unread; None where none has the name."""
        dense = next((array_of(tensor) for tensor in self.proto.initializer if tensor.name == name), None)
        sparse = (_sparse(sparse) for sparse in self.proto.sparse_initializer if sparse.values.name == name)
        return next(sparse, None) if dense is None else dense

    @cached_property
    def inputs(self) -> tuple[ValueView, ...]:
        """What has to be given: old files list initializers among the inputs, and those are left out."""
        stored = {tensor.name for tensor in self.proto.initializer}
        stored |= {sparse.values.name for sparse in self.proto.sparse_initializer}
        return tuple(ValueView.of(value) for value in self.proto.input if value.name not in stored)

    @cached_property
    def outputs(self) -> tuple[ValueView, ...]:
        """What it gives."""
        return tuple(ValueView.of(value) for value in self.proto.output)

    @cached_property
    def nodes(self) -> tuple[NodeView, ...]:
        """Every node, in the order of the file."""
        return tuple(NodeView(node) for node in self.proto.node)


@dataclass(frozen=True, eq=False)
class ModelView:
    """A model: its graph, and the version of the operators of each domain.

    Options:  where: its file, for what is said of it.
    """

    proto: ModelProto
    where: str = "the model"

    @cached_property
    def graph(self) -> GraphView:
        """The graph."""
        return GraphView(self.proto.graph)

    @cached_property
    def opsets(self) -> Mapping[str, int]:
        """The version that the model asks for, by domain."""
        return {"" if o.domain == "ai.onnx" else o.domain: o.version for o in self.proto.opset_import}

    def walk(self) -> Iterator[NodeView]:
        """Every node, those of graphs inside nodes as well."""
        yield from _walk(self.graph)


def _walk(graph: GraphView) -> Iterator[NodeView]:
    for node in graph.nodes:
        yield node
        for value in node.attributes.values():
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, GraphView):
                    yield from _walk(inner)


def _attribute(proto: AttributeProto, node: str) -> Any:
    kinds = AttributeProto
    if proto.type == kinds.TENSOR:
        return array_of(proto.t)
    if proto.type == kinds.TENSORS:
        return [array_of(tensor) for tensor in proto.tensors]
    if proto.type == kinds.SPARSE_TENSOR:
        return _sparse(proto.sparse_tensor)
    if proto.type == kinds.GRAPH:
        return GraphView(proto.g)
    if proto.type == kinds.GRAPHS:
        return [GraphView(graph) for graph in proto.graphs]
    if proto.type == kinds.STRING:
        return _text(proto.s, proto.name, node)
    if proto.type == kinds.STRINGS:
        return [_text(text, proto.name, node) for text in proto.strings]
    if proto.type == kinds.INT:
        return int(proto.i)
    if proto.type == kinds.FLOAT:
        return float(proto.f)
    if proto.type in {kinds.INTS, kinds.FLOATS}:
        return list(proto.ints if proto.type == kinds.INTS else proto.floats)
    if proto.type == kinds.TYPE_PROTO:
        return proto.tp
    raise DataError(f"attribute {proto.name} has a type that is not known ({proto.type})", where=f"node {node}")


def _text(data: bytes, attribute: str, node: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise DataError(f"attribute {attribute} is no UTF-8 text: {data[:40]!r}", where=f"node {node}") from None


def _sparse(proto: onnx.SparseTensorProto) -> Array:
    """A sparse tensor as a full array: values at flat or at full indices."""
    where = f"tensor {proto.values.name or '(without a name)'}"
    values, indices, shape = array_of(proto.values), array_of(proto.indices), tuple(proto.dims)
    if any(size < 0 for size in shape) or math.prod(shape) * max(8, values.itemsize) > memory_limit():
        raise DataError(f"is sparse and claims the shape {list(shape)}", where=where)
    places = indices if indices.ndim == 1 else indices.T
    bounds = [math.prod(shape)] if indices.ndim == 1 else list(shape)
    fits = values.ndim == 1 and indices.ndim in {1, 2} and indices.shape[0] == values.size and indices.dtype.kind == "i"
    if not fits or (indices.ndim == 2 and len(places) != len(shape)):
        raise DataError(f"has {values.shape} values at {indices.shape} places of {list(shape)}", where=where)
    if values.size and not all(
        row.min() >= 0 and row.max() < bound for row, bound in zip(np.atleast_2d(places), bounds, strict=True)
    ):
        raise DataError(f"has values at places that its shape {list(shape)} does not have", where=where)
    full = np.zeros(shape, values.dtype)
    if indices.ndim == 1:
        full.reshape(-1)[indices] = values
    else:
        full[tuple(places)] = values
    return full
