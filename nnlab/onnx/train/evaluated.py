"""A graph as it is trained here: what its first output depends on, its nodes in evaluation, nothing drawn at random.

A file that was exported in training mode drops values and normalises by the statistics of a batch. What such a file is
for is evaluation all the same, so Dropout lets everything through and BatchNormalization takes its stored statistics.
"""

import logging
from collections.abc import Iterator

from onnx import GraphProto, ModelProto, NodeProto

from nnlab.core.errors import DataError
from nnlab.onnx.file.read import checked
from nnlab.onnx.file.surgery import prune
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.dropout import Dropout

LOG = logging.getLogger("nnlab.onnx")

TRAINED_BY_MODE = 14
"""The version from which on BatchNormalization says in an attribute that it trains; before, by asking for more."""


def evaluated(view: ModelView) -> ModelView:
    """The model of the first output alone, in evaluation.

    Raises:  DataError: naming a node that draws at random without a seed.
    """
    proto = ModelProto()
    proto.CopyFrom(view.proto)
    del proto.graph.output[1:]
    prune(proto.graph)
    opset = view.opsets.get("", 0)
    changed = [node.op_type for node in _walk(proto.graph) if _evaluate(node, opset)]
    if changed:
        names = " and ".join(sorted(set(changed)))
        LOG.warning("%s: %s in training mode: trained as in evaluation", view.where, names)
    for node in _walk(proto.graph):
        cls = OPERATORS.named(node.op_type)
        if cls and cls.draws and cls is not Dropout and not any(a.name == "seed" for a in node.attribute):
            what = f"{node.op_type} draws new numbers in every pass, and training needs a network that repeats itself"
            place = f"{view.where}: node {node.name or node.output[0]}"
            raise DataError(what, where=place, hint="export the network for inference, or give the node a seed")
    return checked(proto, where=view.where)


def _evaluate(node: NodeProto, opset: int) -> bool:
    """Puts a node in evaluation; whether it may have been in training."""
    if node.op_type == "Dropout" and len(node.input) > 2 and node.input[2]:
        del node.input[1:]
        return True
    if node.op_type != "BatchNormalization":
        return False
    if opset < TRAINED_BY_MODE:
        trains = sum(map(bool, node.output)) > 1 and not any(a.name == "is_test" and a.i for a in node.attribute)
    else:
        trains = any(a.name == "training_mode" and a.i for a in node.attribute)
    if trains:
        kept = [a for a in node.attribute if a.name != "training_mode"]
        del node.attribute[:], node.output[1:]
        node.attribute.extend(kept)
    return trains


def _walk(graph: GraphProto) -> Iterator[NodeProto]:
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for inner in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                yield from _walk(inner)
