"""What a graph has to be before anything is made of it: names that are texts, each given once; nodes that give."""

from collections.abc import Iterable, Iterator
from typing import Any

from onnx import FunctionProto, GraphProto, ModelProto, NodeProto

from nnlab.core.errors import DataError

DEEPEST = 32
"""Graphs inside graphs; protobuf itself stops at about as many."""

MOST_CALLED_NODES = 100_000
"""Nodes that a model's own functions may grow into: thirty functions that call each other twice would give 2^30."""

FunctionKey = tuple[str, str, str]


def check_graph(graph: GraphProto, depth: int = 1) -> None:
    """A graph and those inside it. Raises DataError: naming the first thing that is not sound."""
    where = f"graph {graph.name}"
    if depth > DEEPEST:
        raise DataError(f"graphs lie more than {DEEPEST} deep inside each other", where=where)
    _texts([graph.name], where)
    stored = [tensor.name for tensor in graph.initializer] + [sparse.values.name for sparse in graph.sparse_initializer]
    _once([value.name for value in graph.input], "is an input twice", where)
    _once(stored, "is stored twice", where)
    _texts([value.name for value in graph.output], where)
    given = {value.name for value in graph.input} | set(stored)
    for place, node in enumerate(graph.node):
        _check_node(node, place, where)
        taken = next((name for name in node.output if name in given), None)
        if taken:
            raise DataError(f"two things give {taken!r}", where=f"node {called(node)}")
        given.update(name for name in node.output if name)
    for inner in (inner for node in graph.node for inner in graphs_in(node)):
        check_graph(inner, depth + 1)


def called(node: NodeProto) -> str:
    """A node's name, or that of its first output where it has none."""
    return str(node.name) or next((str(name) for name in node.output if name), str(node.op_type))


def graphs_in(node: NodeProto) -> Iterator[GraphProto]:
    """The graphs in a node's attributes."""
    for attribute in node.attribute:
        yield from (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs)


def check_functions(model: ModelProto) -> None:
    """The model's own functions: none may call itself, nor all of them grow without measure. Raises DataError."""
    bodies = {_key(function): function for function in model.functions}
    if len(bodies) != len(model.functions):
        raise DataError("two functions have one name")
    for function in model.functions:
        _texts([function.name, function.domain, *function.input, *function.output], f"function {function.name}")
        for place, node in enumerate(function.node):
            _check_node(node, place, f"function {function.name}")
    sizes: dict[FunctionKey, int] = {}
    total = _grown(model.graph.node, bodies, sizes, ())
    if total > MOST_CALLED_NODES:
        raise DataError(f"its functions grow into {total:,} nodes (at most {MOST_CALLED_NODES:,})")


def _grown(
    nodes: Iterable[NodeProto],
    bodies: dict[FunctionKey, FunctionProto],
    sizes: dict[FunctionKey, int],
    path: tuple[FunctionKey, ...],
) -> int:
    """How many nodes these are when every function is put in where it is called."""
    total = 0
    for node in nodes:
        key = (_own(node.domain), node.op_type, node.overload)
        if key in bodies:
            if key in path or len(path) > 10 * DEEPEST:
                raise DataError(f"function {node.op_type} calls itself, or too deep")
            if key not in sizes:
                sizes[key] = _grown(bodies[key].node, bodies, sizes, (*path, key))
            total += sizes[key]
        total += 1 + sum(_grown(inner.node, bodies, sizes, path) for inner in graphs_in(node))
    return total


def _key(function: FunctionProto) -> FunctionKey:
    return _own(function.domain), function.name, function.overload


def _own(domain: str) -> str:
    return "" if domain == "ai.onnx" else domain


def _check_node(node: NodeProto, place: int, where: str) -> None:
    at = f"{where}: node {place}"
    _texts([node.name, node.op_type, node.domain, *node.input, *node.output], at)
    _texts([attribute.name for attribute in node.attribute], at)
    if not node.op_type:
        raise DataError("a node names no operator", where=f"{at} ({node.name})")
    if not any(node.output):
        raise DataError(f"{node.op_type} gives nothing (a node without outputs)", where=f"{at} ({node.name})")
    _once([attribute.name for attribute in node.attribute], "is an attribute twice", f"node {called(node)}")


def _once(names: Iterable[Any], what: str, where: str) -> None:
    seen: set[str] = set()
    listed = list(names)
    _texts(listed, where)
    for name in listed:
        if name in seen and name:
            raise DataError(f"{name!r} {what}", where=where)
        seen.add(name)


def _texts(names: Iterable[Any], where: str) -> None:
    """Protobuf hands over what is no UTF-8 as bytes, never as text."""
    for name in names:
        if not isinstance(name, str):
            raise DataError(f"a name is no UTF-8 text: {bytes(name)[:40]!r}", where=where)
