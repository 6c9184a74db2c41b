"""Changes to a whole model: what nobody reads goes, BatchNorm becomes part of what stands before it."""

from collections.abc import Iterable, Iterator

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, numpy_helper

from nnlab.core.types import Array
from nnlab.onnx.apart import calls

WEIGHTED = {"Gemm": 1, "MatMul": 1, "Conv": 1}
"""Operators that a BatchNormalization can be folded into, and the place of their weight."""


def prune(graph: GraphProto) -> None:
    """Leaves out nodes and stored values that no output depends on."""
    wanted = {value.name for value in graph.output}
    kept: list[NodeProto] = []
    for node in reversed(graph.node):
        if wanted.intersection(node.output):
            kept.append(node)
            wanted.update(reads(node))
    stored = [tensor for tensor in graph.initializer if tensor.name in wanted]
    gone = {tensor.name for tensor in graph.initializer} - wanted
    given = [value for value in graph.input if value.name not in gone]  # old files list stored values among them
    del graph.node[:], graph.initializer[:], graph.input[:]
    graph.input.extend(given)
    graph.node.extend(reversed(kept))
    graph.initializer.extend(stored)


def put_nodes(graph: GraphProto, nodes: Iterable[NodeProto]) -> None:
    """Gives a graph these nodes and no others; its own may be among them."""
    copies = []
    for node in nodes:  # copies: its own go with the list that they stand in
        copies.append(NodeProto())
        copies[-1].CopyFrom(node)
    del graph.node[:]
    graph.node.extend(copies)


def reads(node: NodeProto) -> Iterator[str]:
    """The names of what a node is given, and of what the graphs inside it take from around them or make."""
    yield from (name for name in node.input if name)
    for attribute in node.attribute:
        for graph in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
            yield from (value.name for value in graph.output)
            for inner in graph.node:
                yield from reads(inner)


def fold_batch_norms(model: ModelProto) -> int:
    """Folds every BatchNormalization into the Gemm, MatMul or Conv that alone feeds it; how many.

    s = gamma / sqrt(variance + epsilon);  W' = W s, feature by feature;  b' = (b - mean) s + beta
    """
    graph = model.graph
    matrices = {
        value.name for value in calls.infer_shapes(model).graph.value_info if len(value.type.tensor_type.shape.dim) == 2
    }
    stored = {tensor.name: tensor for tensor in graph.initializer}
    makers = {name: node for node in graph.node for name in node.output}
    readers: dict[str, int] = {}
    for name in (*(name for node in graph.node for name in reads(node)), *(value.name for value in graph.output)):
        readers[name] = readers.get(name, 0) + 1
    folded = []
    for norm in graph.node:
        before = makers.get(norm.input[0]) if norm.op_type == "BatchNormalization" else None
        if before is None or (before.op_type == "MatMul" and norm.input[0] not in matrices):
            continue  # BatchNormalization has the features on axis 1, a product of more axes on the last
        if _foldable(before, norm, stored, readers):
            _fold(before, norm, graph, stored)
            folded.append(norm)
    for norm in folded:
        graph.node.remove(norm)
    prune(graph)
    return len(folded)


def _foldable(before: NodeProto, norm: NodeProto, stored: dict[str, TensorProto], readers: dict[str, int]) -> bool:
    if before.op_type not in WEIGHTED or readers.get(norm.input[0]) != 1:
        return False
    values = [*norm.input[1:], *before.input[1:]]
    shared = any(readers.get(name, 0) > 1 for name in before.input[1:] if name)
    plain = all(a.f == 1.0 for a in before.attribute if a.name in {"alpha", "beta"})
    return all(name in stored for name in values if name) and not shared and plain


def _fold(before: NodeProto, norm: NodeProto, graph: GraphProto, stored: dict[str, TensorProto]) -> None:
    gamma, beta, mean, variance = (_array(stored[name]) for name in norm.input[1:5])
    epsilon = next((a.f for a in norm.attribute if a.name == "epsilon"), 1e-5)
    scale = gamma / np.sqrt(variance + epsilon)
    weight = stored[before.input[1]]
    turned = before.op_type == "Conv" or any(a.name == "transB" and a.i for a in before.attribute)
    values = _array(weight)
    _put(weight, values * (scale.reshape(-1, *[1] * (values.ndim - 1)) if turned else scale))
    has_bias = len(before.input) > 2 and bool(before.input[2])
    bias = _array(stored[before.input[2]]) if has_bias else np.zeros_like(mean)
    shift = (bias - mean) * scale + beta
    if has_bias:
        _put(stored[before.input[2]], np.broadcast_to(shift, np.broadcast_shapes(shift.shape, bias.shape)))
    else:
        name = f"{before.input[1].removesuffix('.weight')}.bias"
        name = name if name not in stored else f"{norm.output[0]}.bias"
        like = numpy_helper.to_array(weight).dtype
        graph.initializer.append(numpy_helper.from_array(shift.astype(like), name))
        stored[name] = graph.initializer[-1]
        if before.op_type == "MatMul":
            before.op_type = "Gemm"
        del before.input[2:]
        before.input.append(name)
    before.output[0] = norm.output[0]


def _array(tensor: TensorProto) -> Array:
    """In float64: what is folded is rounded once."""
    return numpy_helper.to_array(tensor).astype(np.float64)


def _put(tensor: TensorProto, values: Array) -> None:
    like = numpy_helper.to_array(tensor).dtype
    tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values, dtype=like), tensor.name))
