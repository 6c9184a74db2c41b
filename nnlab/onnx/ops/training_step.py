"""What the preview of training operators shares."""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import Operator


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingStep(Operator):
    """One step of an optimizer over any number of tensors.

    Inputs:  R, the learning rate; T, how many steps there were; then all X, all their gradients G, and for each state
             of the optimizer the tensors that hold it.  Outputs:  all X, then the states.
    """

    states = 1

    @abstractmethod
    def step(self, rate: Array, steps: Array, x: Array, g: Array, *states: Array) -> tuple[Array, ...]:
        """The new x and its new states."""

    def forward(self, rate: Array, steps: Array, *tensors: Array) -> tuple[Array, ...]:
        """All new X, then all new states of a kind."""
        count = len(tensors) // (2 + self.states)
        kinds = [tensors[begin : begin + count] for begin in range(0, len(tensors), count or 1)]
        stepped = [self.step(rate, steps, *mine) for mine in zip(*kinds, strict=True)]
        return tuple(
            np.asarray(value).astype(x.dtype)
            for kind in zip(*stepped, strict=True)
            for value, x in zip(kind, kinds[0], strict=True)
        )
