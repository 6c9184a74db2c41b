"""What is inside an imported network, to be written again: its nodes, and its values as they are now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onnx import GraphProto, NodeProto, compose

from nnlab.core.types import Array
from nnlab.onnx.train.network import OnnxNetwork
from nnlab.onnx.train.one_type import constants_in, retype


@dataclass(frozen=True, eq=False)
class Inside:
    """Nodes and stored values; the names of the one input and of the output that is used."""

    input: str
    output: str
    nodes: list[NodeProto]
    stored: Mapping[str, Array]


def inside(layer: OnnxNetwork, prefix: str, dtype: Any) -> Inside:
    """The inside of a network that is built, every name with a prefix, its numbers of floating point in one type."""
    graph = GraphProto()
    graph.CopyFrom(layer.model.view.proto.graph)
    if prefix:
        compose.add_prefix_graph(graph, prefix, inplace=True)
    for node in graph.node:
        retype(node, dtype)
    values = {**layer.model.plan.constants, **{name: weight.value for name, weight in layer.weights.items()}}
    return Inside(
        input=prefix + layer.input,
        output=prefix + layer.model.plan.outputs[0],
        nodes=list(graph.node),
        stored={prefix + name: value for name, value in constants_in(values, dtype).items()},
    )
