"""What a forward pass leaves behind."""

from dataclasses import dataclass, field

from nnlab.core.types import Array
from nnlab.layers.base import Cache


@dataclass(eq=False)
class Tape:
    """What a forward pass leaves behind for the way back.

    Options:  outputs: by node, and the network's input: those of the heads, or all, where the pass kept them.
              caches: by node, for its backward, which uses them up.
    """

    outputs: dict[str, Array] = field(default_factory=dict)
    caches: dict[str, Cache] = field(default_factory=dict)
