"""What one pass through a model lends its layers: the mode, chance and memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.core.rng import Rng
from nnlab.core.types import Array, Shape
from nnlab.core.workspace import Workspace

Watch = Callable[[str, str, Array], None]
"""Called as watch(node, what, array): what is "forward" for a node's output, "backward" for the gradient with
respect to its output, "loss" for the loss's gradient, or "gradient <field>" for a parameter's gradient. What a loss
takes the logarithm of comes once more as watch(loss name, "logarithm", predicted). A loss's node is its class name."""


@dataclass(frozen=True)
class InPieces:
    """A watch that may be shown a tensor in pieces, each of some samples, where several processes have them: it looks
    for single values, or at none. Any other is shown every tensor whole."""

    look: Watch

    def __call__(self, node: str, what: str, array: Array) -> None:
        """One tensor, or a piece of it."""
        self.look(node, what, array)


@dataclass
class Context:
    """One pass, forward and perhaps backward.

    Options:  training: batch statistics and dropout (True) or running statistics and none (False).
              rng: the streams of this step; a layer asks `ctx.generator()`, never a global generator.
              workspace: where temporaries come from; None allocates afresh.
              watch: sees every tensor that the pass makes; None for nobody.
              node: the name of the layer being run; the graph sets it.
              held: what straight-through layers hold while a check differentiates: by node, what rounding adds, from
                  the first pass on; None: nothing is held, as in training.
              needs_dx: whether the layer being run has to give the gradient of its inputs; the graph sets it
                  (False at the network's inputs, which saves the largest product of a dense layer).
    """

    training: bool = False
    rng: Rng = field(default_factory=lambda: Rng(0))
    workspace: Workspace | None = None
    watch: Watch | None = None
    node: str = ""
    needs_dx: bool = True
    held: dict[str, Any] | None = None

    def empty(self, shape: Shape, dtype: npt.DTypeLike) -> Array:
        """An uninitialised array, lent for as long as anybody refers to it."""
        if self.workspace is None:
            return np.empty(shape, dtype)
        return self.workspace.empty(shape, dtype)

    def generator(self) -> "np.random.Generator":
        """The random stream of the layer being run, in this step: the same at every call."""
        return self.rng.at(self.node).generator()
