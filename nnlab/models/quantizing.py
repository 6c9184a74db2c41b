"""Any network as one whose weights and values are rounded to 8 bits: the same nodes, and more, which round values."""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy as shallow_copy
from typing import Literal

import numpy as np

from nnlab.core.errors import UsageError
from nnlab.core.types import Array
from nnlab.layers.fake_quantize import FakeQuantize
from nnlab.layers.quantized_weights import QuantizedWeights
from nnlab.models.graph import INPUT, Graph, Node

Quantize = Literal["off", "int8"]
"""Whether a network rounds as integers of 8 bits would."""

ENDING = "_int8"
"""What a node that rounds is called after the name of what it rounds."""


def quantized(graph: Graph) -> Graph:
    """The graph, not yet built, with its weights rounded, and every value that a layer with weights depends on.

    A node's values are rounded where they are made, unless they are those of a node before it (the largest of a window,
    another shape), or go nowhere but into a node that is computed together with it: BatchNorm after weights, ReLU.
    What heads are made of behind the last weights stays as it is.

    Raises:  UsageError: when there is nothing to round, or a layer keeps weights of its own inside.
    """
    rounds = set(rounded_nodes(graph))
    made = Graph()
    seen = {name: f"{name}{ENDING}" if name in rounds else name for name in (INPUT, *(n.name for n in graph.nodes))}
    if INPUT in rounds:
        made.add(seen[INPUT], FakeQuantize(), INPUT)
    for node in graph.nodes:
        layer = QuantizedWeights.of(node.layer) if _has_weights(node) else shallow_copy(node.layer)
        made.add(node.name, layer, *(seen.get(name, name) for name in node.inputs))  # `build` says what is not there
        if node.name in rounds:
            made.add(seen[node.name], FakeQuantize(), node.name)
    for name, outlet in graph.heads.items():
        made.head(name, outlet.node, emits=outlet.emits)
    return made


def rounded_nodes(graph: Graph) -> Iterator[str]:
    """The nodes, and the input, whose values are rounded."""
    nodes = {node.name: node for node in graph.nodes}
    if not any(map(_has_weights, graph.nodes)):
        inside = "an imported graph keeps its weights inside" if nodes else "it is empty"
        raise UsageError(f"has no convolution or dense layer to quantise ({inside})", where="--quantize=int8",
                         hint="choose a hand-written model")  # fmt: skip
    readers = graph.readers()
    before = _before_weights(graph)
    for name in (INPUT, *nodes):
        if name not in before:
            continue
        if name != INPUT and (nodes[name].layer.chooses or nodes[name].layer.is_view):
            continue
        if len(readers[name]) == 1 and name != INPUT and _together(nodes[name], nodes[readers[name][0]]):
            continue
        yield name


def _before_weights(graph: Graph) -> set[str]:
    """What layers with weights depend on."""
    inputs = {node.name: node.inputs for node in graph.nodes}
    found, left = set[str](), [name for node in graph.nodes if _has_weights(node) for name in node.inputs]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += inputs.get(name, ())  # of the input none
    return found


def _has_weights(node: Node) -> bool:
    return type(node.layer).channel_axis is not None


def _together(node: Node, reader: Node) -> bool:
    """Whether what reads a node is computed with it at once."""
    return reader.layer.joins == "any" or (reader.layer.joins == "weights" and _has_weights(node))


def is_quantized(graph: Graph) -> bool:
    """Whether it rounds weights."""
    return any(isinstance(node.layer, QuantizedWeights) for node in graph.nodes)


def observers(graph: Graph) -> frozenset[str]:
    """The nodes that watch a range."""
    return frozenset(node.name for node in graph.nodes if isinstance(node.layer, FakeQuantize))


def ranges_in(graph: Graph) -> frozenset[str]:
    """The names of the ranges that its nodes watch."""
    return frozenset(f"{name}.range" for name in observers(graph))


def with_ranges(network: Graph, ranges: Mapping[str, Array]) -> Graph:
    """A trained network, quantised: its weights and statistics, and these ranges.

    Options:  ranges: (low, high) of what each node gives, by its name, for every one that is rounded.
    """
    made = quantized(network).build(network.in_shape, rng=None, dtype=network.dtype)
    known = {f"{name}{ENDING}.range": found.astype(network.dtype) for name, found in ranges.items()}
    made.load_state(network.state() | known)
    return made


def widest(ranges: Iterable[Array]) -> Array:
    """The least range that holds all of these."""
    lows, highs = zip(*ranges, strict=True)
    return np.array([min(lows), max(highs)])
