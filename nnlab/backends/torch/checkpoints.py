"""A pass of which little is kept: of each part of the network its inputs, from which backward computes it again."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace

import torch
from torch.utils.checkpoint import checkpoint

from nnlab.backends.torch.graph import TorchGraph
from nnlab.core.context import Context
from nnlab.models.graph import INPUT, Node

PARTS = 4
"""Of a network."""


def checkpointed(graph: TorchGraph, x: torch.Tensor, ctx: Context) -> dict[str, torch.Tensor]:
    """What each head gives, as `graph.outputs`.

    A part takes what it reads of those before it and gives what is read of it later. Chance is drawn by name, so the
    second time draws as the first; running statistics move the first time alone.

    Source:  Chen, Xu, Zhang and Guestrin, "Training deep nets with sublinear memory cost", 2016.
    """
    kept = {INPUT: x}
    for part, later in _parts(graph):
        names, own = [node.name for node in part], {name for node in part for name in node.inputs}
        given = [name for name in kept if name in own]
        wanted = [name for name in names if name in later]

        def run(*tensors: torch.Tensor, part: Sequence[Node] = part, given: Sequence[str] = tuple(given),
                wanted: Sequence[str] = tuple(wanted)) -> tuple[torch.Tensor, ...]:  # fmt: skip
            outputs = dict(zip(given, tensors, strict=True))
            for node in part:
                outputs[node.name] = graph.run(node, outputs, replace(ctx))
            return tuple(outputs[name] for name in wanted)

        contexts = nullcontext(), graph.buffers_copied(names)
        found = checkpoint(
            run, *(kept[name] for name in given), use_reentrant=False, context_fn=lambda both=contexts: both
        )
        kept = {name: tensor for name, tensor in kept.items() if name in later}
        kept |= dict(zip(wanted, found, strict=True))
    return {name: kept[outlet.node] for name, outlet in graph.definition.heads.items()}


def _parts(graph: TorchGraph) -> list[tuple[Sequence[Node], set[str]]]:
    """Nodes in a row, and what is read after them: by other nodes, or as a head."""
    nodes = graph.definition.nodes
    size = -(-len(nodes) // PARTS)
    heads = {outlet.node for outlet in graph.definition.heads.values()}
    return [
        (nodes[first : first + size], heads.union(*(node.inputs for node in nodes[first + size :])))
        for first in range(0, len(nodes), size)
    ]
