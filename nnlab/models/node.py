"""A layer in its place in a network, and what a network gives."""

from dataclasses import dataclass

from nnlab.core.heads import Emits
from nnlab.layers.base import Layer

INPUT = "input"
"""The name by which nodes read what the network is given."""


@dataclass(frozen=True, eq=False)
class Node:
    """One layer in its place: its name, and the nodes whose outputs it reads."""

    name: str
    layer: Layer
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Outlet:
    """A head of a network.  Options:  node: whose output it is.  emits: what that is; the loss is chosen to fit."""

    node: str
    emits: Emits
