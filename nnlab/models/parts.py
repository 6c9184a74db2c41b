"""A part of a network, as a network of its own."""

from copy import copy
from dataclasses import dataclass

from nnlab.core.errors import UsageError
from nnlab.models.graph import Graph
from nnlab.models.node import INPUT


@dataclass(frozen=True)
class Part:
    """From what a node gives (or the input) to what another gives, which are values."""

    start: str
    end: str


def part_of(graph: Graph, part: Part) -> Graph:
    """The nodes between, built, with copies of their values: from what `start` gives to what `end` gives, its head.

    Raises:  UsageError: for a node that is not there, or where the end needs more than the start gives.
    """
    nodes = {node.name: node for node in graph.nodes}
    for name in (part.start, part.end):
        if name not in nodes and name != INPUT:
            raise UsageError("is no node of the network", where=f"node {name!r}")
    wanted, left = set[str](), [part.end]
    while left:
        name = left.pop()
        if name == part.start or name in wanted:
            continue
        if name == INPUT:
            what = f"needs the input besides what {part.start!r} gives"
            raise UsageError(what, where=f"node {part.end!r}", hint="cut the network where everything comes by")
        wanted.add(name)
        left += nodes[name].inputs
    own = Graph(emits="values")
    for node in graph.nodes:
        if node.name in wanted:
            inputs = [INPUT if name == part.start else name for name in node.inputs]
            own.add(node.name, copy(node.layer), *inputs)
    own.build(graph.shapes[part.start], rng=None, dtype=graph.dtype)
    own.load_state({name: value for name, value in graph.state().items() if graph.node_of(name) in wanted})
    return own
