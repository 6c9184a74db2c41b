"""A network without its last layer: what it sees in a picture, for a new layer of other classes to learn from."""

from onnx import GraphProto, ModelProto, NodeProto, ValueInfoProto, helper

from nnlab.core.errors import DataError
from nnlab.onnx.file.batches import made_of_weights
from nnlab.onnx.file.read import checked
from nnlab.onnx.file.surgery import prune
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.ops.base import OPERATORS

PASSED = frozenset({"Dropout", "Identity"})
"""Operators that stand between features and the layer of classes and change nothing in evaluation."""

FEATURES = "features"


def without_head(view: ModelView) -> ModelView:
    """The network up to what its last layer with weights reads, its features; before a Conv, their means over the map.

    Raises:  DataError: when it has no such layer, or nothing before it.
    """
    proto = ModelProto()
    proto.CopyFrom(view.proto)
    graph = proto.graph
    del graph.output[1:]
    prune(graph)
    last = _last(graph)
    if last is None:
        raise DataError("has no layer with weights to cut at", where=view.where, hint="leave out --new-head")
    makers = {name: node for node in graph.node for name in node.output}
    name = last.input[0]
    while name in makers and makers[name].op_type in PASSED:
        name = makers[name].input[0]
    if name not in makers:
        what = f"has no features: its one layer, {last.name or last.output[0]}, reads the pictures"
        raise DataError(what, where=view.where, hint="leave out --new-head")
    if last.op_type.endswith("Conv") or last.op_type == "ConvInteger":
        taken = {each for node in graph.node for each in node.output}
        pooled = FEATURES if FEATURES not in taken else f"{name}/{FEATURES}"
        graph.node.append(helper.make_node("GlobalAveragePool", [name], [pooled], name=pooled))
        name = pooled
    del graph.output[:]
    graph.output.append(_typed(name))
    prune(graph)
    return checked(proto, where=view.where)


def _last(graph: GraphProto) -> NodeProto | None:
    """The last node whose weights are stored, or made of what is stored."""
    stored = made_of_weights(graph)
    nodes: list[NodeProto] = list(graph.node)
    for node in reversed(nodes):
        cls = OPERATORS.named(node.op_type, node.domain)
        at = cls.weights_at if cls else None
        if at is not None and len(node.input) > at and node.input[at] in stored and node.input[0] not in stored:
            return node
    return None


def _typed(name: str) -> ValueInfoProto:
    """A declaration that leaves type and shape to be found."""
    return ValueInfoProto(name=name)
