"""Transposes that undo each other go, those between them and what works number by number having changed places."""

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

from nnlab.onnx.file.surgery import prune, reads

ONE_BY_ONE = frozenset({
    "Abs", "Clip", "Elu", "Erf", "Exp", "Gelu", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "Neg", "Relu",
    "Selu", "Sigmoid", "Softplus", "Softsign", "Sqrt", "Tanh",
})  # fmt: skip
"""Operators that work number by number on their first input."""

TWO_BY_TWO = frozenset({"Add", "Div", "Max", "Min", "Mul", "Sub", "Sum"})


def cancel_transposes(model: ModelProto) -> int:
    """Takes out every Transpose that another undoes; how many fewer there are.

    f(T x) = T f(x) for what works number by number, T' T x = x where T' undoes T, else one Transpose instead of two;
    a mean over axes of T x is that over the axes of x which they were
    """
    graph = model.graph
    before = _count(graph)
    while _step(graph):
        pass
    prune(graph)
    del graph.value_info[:]  # of values that are turned now, or gone
    return before - _count(graph)


def _count(graph: GraphProto) -> int:
    return sum(node.op_type == "Transpose" for node in graph.node)


def _step(graph: GraphProto) -> bool:
    """One change; False where there is none left."""
    makers = {name: node for node in graph.node for name in node.output}
    given = {value.name for value in graph.output}
    for place, node in enumerate(graph.node):
        if node.op_type == "Transpose":
            if _joined(graph, node, makers.get(node.input[0]), given):
                return True
        elif _reduced(graph, node, makers):
            return True
        elif (turn := _turn_before(graph, node, makers)) is not None and _all_movable(graph, node, makers, given):
            _move_behind(graph, place, node, turn, makers)
            return True
    return False


def _joined(graph: GraphProto, node: NodeProto, before: NodeProto | None, given: set[str]) -> bool:
    """Two in a row become one, or none."""
    if before is None or before.op_type != "Transpose":
        return False
    first, second = _order(before), _order(node)
    if not first or not second:
        return False
    both = [first[axis] for axis in second]
    if both == sorted(both):
        name = node.output[0]
        if name in given or any(list(reads(n)).count(name) > list(n.input).count(name) for n in graph.node):
            return False  # a graph inside a node reads it by its name
        for reader in graph.node:
            for at, read in enumerate(reader.input):
                if read == name:
                    reader.input[at] = before.input[0]
        node.input[0] = ""  # nobody reads it any more
        graph.node.remove(node)
        return True
    node.input[0] = before.input[0]
    del node.attribute[:]
    node.attribute.append(helper.make_attribute("perm", both))
    return True


def _reduced(graph: GraphProto, node: NodeProto, makers: dict[str, NodeProto]) -> bool:
    """A ReduceMean takes the axes that its own were before a Transpose, where what is left keeps its order."""
    if node.op_type != "ReduceMean" or (order := _made_in(node.input[0], makers)) is None:
        return False
    options = {attribute.name: attribute for attribute in node.attribute}
    stored = {tensor.name: tensor for tensor in graph.initializer}
    if len(node.input) > 1 and node.input[1] in stored:
        said = [int(axis) for axis in numpy_helper.to_array(stored[node.input[1]])]
    else:
        said = list(options["axes"].ints) if "axes" in options and len(node.input) == 1 else []
    axes = [order[axis] for axis in said]
    left = [order[axis] for axis in range(len(order)) if axis not in [a % len(order) for a in said]]
    keeps = "keepdims" not in options or bool(options["keepdims"].i)
    if not axes or left != sorted(left) or (keeps and not _only_flattened(graph, node.output[0])):
        return False
    node.input[0] = makers[node.input[0]].input[0]
    if len(node.input) == 1:
        node.attribute.remove(options["axes"])
        node.attribute.append(helper.make_attribute("axes", sorted(axes)))
    else:
        name = f"{node.output[0]}/axes"
        while name in stored:
            name += "_"
        graph.initializer.append(numpy_helper.from_array(np.array(sorted(axes)), name))
        node.input[1] = name
    return True


def _only_flattened(graph: GraphProto, name: str) -> bool:
    """Whether a value is only read as rows, for which it does not matter where axes of 1 stand."""
    readers = [node for node in graph.node if name in reads(node)]
    rows = all(n.op_type == "Flatten" and all(a.i == 1 for a in n.attribute if a.name == "axis") for n in readers)
    return bool(readers) and rows and name not in {value.name for value in graph.output}


def _turn_before(graph: GraphProto, node: NodeProto, makers: dict[str, NodeProto]) -> list[int] | None:
    """The order of axes that all of a node's inputs are given in, where it does not matter to what it computes."""
    if node.domain not in {"", "ai.onnx"} or len(node.output) != 1:
        return None
    if node.op_type in ONE_BY_ONE:
        return _made_in(node.input[0], makers)
    if node.op_type not in TWO_BY_TWO:
        return None
    single = {tensor.name for tensor in graph.initializer if _is_single(tensor)}
    turns = [_made_in(name, makers) for name in node.input if name not in single]
    return turns[0] if turns and all(turn is not None and turn == turns[0] for turn in turns) else None


def _made_in(name: str, makers: dict[str, NodeProto]) -> list[int] | None:
    maker = makers.get(name)
    return _order(maker) or None if maker is not None and maker.op_type == "Transpose" else None


def _all_movable(graph: GraphProto, node: NodeProto, makers: dict[str, NodeProto], given: set[str]) -> bool:
    """Whether nothing but Transposes and nodes that can change places with one read what this node is given."""
    for name in node.input:
        if _made_in(name, makers) is None:
            continue
        for reader in graph.node:
            fixed = reader.op_type != "Transpose" and _turn_before(graph, reader, makers) is None
            if name in given or (name in reads(reader) and fixed):
                return False
    return True


def _move_behind(graph: GraphProto, place: int, node: NodeProto, turn: list[int], makers: dict[str, NodeProto]) -> None:
    taken = {name for each in graph.node for name in each.output} | {value.name for value in graph.input}
    name = f"{node.output[0]}/turned"
    while name in taken:
        name += "_"
    for at, read in enumerate(node.input):
        if _made_in(read, makers) is not None:
            node.input[at] = makers[read].input[0]
    after = helper.make_node("Transpose", [name], [node.output[0]], name=f"{node.output[0]}/back", perm=turn)
    node.output[0] = name
    graph.node.insert(place + 1, after)


def _order(node: NodeProto) -> list[int]:
    return next((list(attribute.ints) for attribute in node.attribute if attribute.name == "perm"), [])


def _is_single(tensor: TensorProto) -> bool:
    """Whether it is one number, which every axis takes alike: without axes, so that none are added."""
    return all(size == 1 for size in tensor.dims) and len(tensor.dims) <= 1
