"""Which weights of a network stay as they are while others learn."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from nnlab.core.errors import UsageError
from nnlab.core.registry import did_you_mean, nearest
from nnlab.models.graph import Graph
from nnlab.models.node import INPUT

BACKBONE = ("backbone", "features")
"""The names of all but the heads."""


def freeze(graph: Graph, patterns: Iterable[str]) -> None:
    """Freezes the parameters of these names or nodes, * for any letters; `backbone` for all but the heads.

    Raises:  UsageError: where there is nothing of a name, or nothing would learn.
    """
    said = tuple(patterns)
    names = [parameter.name for parameter in graph.parameters]
    frozen = {name for pattern in said for name in _matching(graph, names, pattern)}
    if frozen and len(frozen) == len(names):
        raise UsageError("leaves nothing that learns", where=f"--freeze={','.join(said)}", hint="leave a layer out")
    graph.freeze(frozen)


def head_nodes(graph: Graph) -> set[str]:
    """The nodes that are of the heads: for each the last with weights, and what follows it."""
    found = set[str]()
    by_name = {node.name: node for node in graph.nodes}
    for outlet in graph.heads.values():
        name = outlet.node
        while name != INPUT:
            found.add(name)
            if any(parameter.penalised for parameter in graph.own_parameters(name)):
                break
            name = by_name[name].inputs[0]
    return found


def _matching(graph: Graph, names: list[str], pattern: str) -> list[str]:
    if pattern in BACKBONE:
        heads = head_nodes(graph)
        if behind := [name for name in names if graph.node_of(name) not in heads]:
            return behind
        raise UsageError("the network has nothing but its heads", where=f"--freeze={pattern}", hint="leave it out")
    found = [name for name in names if fnmatchcase(name, pattern) or fnmatchcase(graph.node_of(name), pattern)]
    if not found:
        nodes = list(dict.fromkeys(map(graph.node_of, names)))
        near = nearest(pattern, [BACKBONE[0], *nodes, *names])
        hint = did_you_mean(near) if near else f"type --freeze={BACKBONE[0]} for all but the heads"
        raise UsageError("the network has no such weights", where=f"--freeze={pattern}", hint=hint)
    return found
