"""What a check needs of a backend that has components of its own, one by one."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.core.parameter import Parameter
from nnlab.core.types import Array
from nnlab.layers.base import Layer
from nnlab.losses.base import Loss
from nnlab.optimizers.optimizer import Optimizer


class Translated(Protocol):
    """What a backend makes of single components, to be held against their definition. Everything given is only read."""

    def layer(
        self, layer: Layer, own: Mapping[str, Array], xs: Sequence[Array], dy: Array, ctx: Context
    ) -> Mapping[str, Array]:
        """One pass of a layer: "y", the gradient of each input ("x1", ...) for the upstream gradient `dy`, that of
        each parameter by field, and each buffer as the pass leaves it.

        Options:  own: its parameters and buffers, by field; `layer` says which are which.
        Raises:   UsageError: when its class has no translation.
        """
        ...

    def loss(self, loss: Loss, predicted: Array, target: Target) -> tuple[float, Array]:
        """The mean loss, and its gradient with respect to `predicted`. Raises UsageError: as `layer`."""
        ...

    def updates(
        self, optimizer: Optimizer, parameters: Sequence[Parameter], gradients: Sequence[Sequence[Array]]
    ) -> Mapping[str, Array]:
        """Every parameter by name, and the optimizer's state, after a step per epoch with these gradients.

        Raises:  UsageError: when the update rule has no translation.
        """
        ...
