"""Which weights become codes of 8 bits, and which values are rounded: the rules of models/quantizing.py on a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from onnx import GraphProto, ModelProto, NodeProto, TensorProto

from nnlab.core.errors import UsageError
from nnlab.onnx.apart import calls

SAME_VALUES = frozenset({
    "DepthToSpace", "Dropout", "Expand", "Flatten", "Identity", "MaxPool", "GlobalMaxPool", "Reshape", "Slice",
    "SpaceToDepth", "Squeeze", "Tile", "Transpose", "Unsqueeze",
})  # fmt: skip
"""Operators that give values which they were given."""

RECTIFIERS = frozenset({"Relu", "Clip"})

SCALINGS = frozenset({"Add", "Div", "Mul", "Sub"})
"""With a stored operand they are computed in one go with what is before them."""

WEIGHTED = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul"})

CODED = frozenset({"QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "ConvInteger", "MatMulInteger"})
"""Operators of files that are quantised; so is whatever begins with QLinear or QGemm."""


@dataclass(frozen=True)
class Weight:
    """A stored weight. Options:  axis: that of the outputs.  node: which reads it first."""

    name: str
    axis: int
    node: str


def refuse_quantised(model: ModelProto, where: str) -> None:
    """Raises UsageError: for a file whose operators speak of codes of 8 bits already."""
    for node in model.graph.node:
        if node.op_type in CODED or node.op_type.startswith(("QLinear", "QGemm")):
            what = f"is quantised already (node {named(node)!r} is a {node.op_type})"
            raise UsageError(what, where=where, hint="name the float file that it was made of")


def weights(graph: GraphProto) -> Sequence[Weight]:
    """The weights of convolutions and products of matrices, in the order of the nodes; each once.

    Raises:  UsageError: there is none.
    """
    stored = {
        tensor.name: tensor
        for tensor in graph.initializer
        if tensor.data_type == TensorProto.FLOAT and len(tensor.dims) > 1
    }
    found: dict[str, Weight] = {}
    for node in graph.node:
        if node.op_type in WEIGHTED and len(node.input) > 1 and node.input[1] in stored:
            name, axis = node.input[1], _axis(node)
            if axis is not None and (node.op_type != "MatMul" or len(stored[name].dims) == 2):
                found.setdefault(name, Weight(name, axis, named(node)))
    if not found:
        what = "has no convolution or product of matrices with stored float32 weights"
        raise UsageError(what, where="the model", hint="there is nothing to quantise")
    return tuple(found.values())


def _axis(node: NodeProto) -> int | None:
    """Along which a weight's outputs lie; None where that is no axis alone (groups of a ConvTranspose)."""
    options = {attribute.name: attribute.i for attribute in node.attribute}
    if node.op_type == "Gemm":
        return 0 if options.get("transB", 0) else 1
    if node.op_type == "ConvTranspose":
        return 1 if options.get("group", 1) == 1 else None
    return {"Conv": 0, "MatMul": 1}[node.op_type]


def values(model: ModelProto) -> Sequence[str]:
    """The values that are rounded, in the order of the graph: float32 ones that a weighted node depends on.

    Not those that are another's (the largest of a window, another shape), nor what one reader alone computes in one go
    with the node that makes them: a rectifier, a BatchNormalization after weights, a product or sum with stored values.
    """
    graph = model.graph
    coded = {weight.name for weight in weights(graph)}
    kinds = _float_values(model)
    makers = {name: node for node in graph.node for name in node.output}
    readers: dict[str, list[NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    stored = {tensor.name for tensor in graph.initializer} | {
        n.output[0] for n in graph.node if n.op_type == "Constant"
    }
    before = _before_weights(graph, makers, coded)
    given = {value.name for value in graph.output}
    order = [value.name for value in graph.input] + [name for node in graph.node for name in node.output if name]
    return tuple(
        name
        for name in dict.fromkeys(order)
        if name in before and name in kinds and name not in stored
        and not (name in makers and makers[name].op_type in SAME_VALUES)
        and not (name in makers and name not in given and _joined(makers[name], readers.get(name, []), stored))
        and not _only_scaled(readers.get(name, []), stored, first=name not in makers)
    )  # fmt: skip


def _float_values(model: ModelProto) -> set[str]:
    """The names of values that are known to be float32."""
    graph = calls.infer_shapes(model).graph
    return {
        value.name
        for value in (*graph.input, *graph.value_info, *graph.output)
        if value.type.tensor_type.elem_type == TensorProto.FLOAT
    }


def _before_weights(graph: GraphProto, makers: Mapping[str, NodeProto], coded: set[str]) -> set[str]:
    """What nodes with coded weights depend on."""
    found = set[str]()
    left = [node.input[0] for node in graph.node if node.op_type in WEIGHTED and coded.intersection(node.input[1:2])]
    while left:
        name = left.pop()
        if name and name not in found:
            found.add(name)
            left += makers[name].input if name in makers else ()
    return found


def _joined(maker: NodeProto, readers: Sequence[NodeProto], stored: set[str]) -> bool:
    """Whether a value's one reader is computed with what makes it."""
    if len(readers) != 1:
        return False
    (reader,) = readers
    after_weights = maker.op_type in WEIGHTED and reader.op_type == "BatchNormalization"
    return after_weights or reader.op_type in RECTIFIERS or _scales(reader, stored)


def _only_scaled(readers: Sequence[NodeProto], stored: set[str], *, first: bool) -> bool:
    """Whether an input is only given another scale before anything is done with it."""
    return first and len(readers) == 1 and _scales(readers[0], stored)


def _scales(node: NodeProto, stored: set[str]) -> bool:
    return node.op_type in SCALINGS and any(name in stored for name in node.input)


def named(node: NodeProto) -> str:
    """A node's name, or that of its first output."""
    return str(node.name or node.output[0])


def all_outputs(graph: GraphProto) -> Iterator[str]:
    """Every name that is made or given in a graph."""
    yield from (value.name for value in graph.input)
    yield from (tensor.name for tensor in graph.initializer)
    yield from (name for node in graph.node for name in node.output)
