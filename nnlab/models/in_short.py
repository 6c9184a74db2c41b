"""A network in a line, and as a notebook shows it."""

from collections.abc import Mapping
from typing import Protocol

from nnlab.core.component import Component, changed
from nnlab.core.notebook import shown, table
from nnlab.core.parameter import Parameter
from nnlab.core.types import Shape
from nnlab.models.node import INPUT, Node

HEAD = ("node", "layer", "reads", "output", "parameters", "multiply-adds")


class Network(Protocol):
    """What is shown of a graph."""

    shapes: dict[str, Shape]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """In the order in which they run."""
        ...

    @property
    def out_shapes(self) -> Mapping[str, Shape]:
        """Of each head."""
        ...

    def own_parameters(self, node: str) -> tuple[Parameter, ...]:
        """A node's parameters."""
        ...


def layer_text(layer: Component) -> str:
    """`Dense(units=100, bias=False)`: the options that differ from their defaults."""
    own = [f"{name}={value!r}" for name, value in changed(layer).items()]
    return f"{type(layer).__name__}({', '.join(own)})" if own else type(layer).__name__


def shape_text(shape: Shape) -> str:
    """`32 x 32 x 3`."""
    return " x ".join(map(str, shape))


def in_short(graph: Network) -> str:
    """`Graph(3 nodes, 4 -> 3, 131 parameters)`; of one that is not built, how many nodes it has."""
    count = f"{len(graph.nodes)} node{'' if len(graph.nodes) == 1 else 's'}"
    if INPUT not in graph.shapes:
        return f"Graph({count}, not built)"
    given = ", ".join(map(shape_text, graph.out_shapes.values()))
    learning = sum(_size(graph, node) for node in graph.nodes)
    return f"Graph({count}, {shape_text(graph.shapes[INPUT])} -> {given}, {learning:,} parameters)"


def in_notebook(graph: Network) -> str:
    """The nodes as a table of HTML; with shapes and figures where it is built."""
    if INPUT not in graph.shapes:
        plain = [(node.name, layer_text(node.layer), ", ".join(node.inputs)) for node in graph.nodes]
        return shown(in_short(graph), table(HEAD[:3], plain, words=3))
    rows = []
    for node in graph.nodes:
        shape = graph.shapes[node.name]
        products = node.layer.multiply_adds(tuple(graph.shapes[name] for name in node.inputs), shape)
        figures = [f"{count:,}" if count else "" for count in (_size(graph, node), products)]
        rows.append((node.name, layer_text(node.layer), ", ".join(node.inputs), shape_text(shape), *figures))
    return shown(in_short(graph), table(HEAD, rows, words=4))


def _size(graph: Network, node: Node) -> int:
    return sum(parameter.value.size for parameter in graph.own_parameters(node.name))
