"""The L2 penalty: the part of the objective that asks for small weights."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from nnlab.core.arrays import flattened
from nnlab.core.component import Component, option
from nnlab.core.parameter import Parameter
from nnlab.kernels.threads import one_blas_thread

CHUNK = 32768
"""Elements at a time: what is read and written fits in the processor's cache."""


@dataclass(kw_only=True, eq=False)
class L2(Component):
    """A price on large weights, added to the mean loss.

    penalty = weight_decay / 2 * sum over penalised parameters of sum w^2

    Gradient:  dw += weight_decay w
    Options:  weight_decay: 0 for no penalty.
    Source:  Krogh and Hertz, "A simple weight decay can improve generalization", 1991.
    """

    weight_decay: float = option(0.0, "price of the squared weights", low=0)

    def value(self, parameters: Iterable[Parameter]) -> float:
        """What the penalty adds to the objective."""
        if not self.weight_decay:
            return 0.0
        total = 0.0
        with one_blas_thread():
            for parameter in parameters:
                if parameter.penalised:
                    flat = flattened(parameter.value)
                    total += float(np.vdot(flat, flat))
        return self.weight_decay / 2 * total

    def add_gradient(self, parameters: Iterable[Parameter]) -> None:
        """Adds its gradient to `grad` of every penalised parameter."""
        if not self.weight_decay:
            return
        for parameter in parameters:
            if not parameter.penalised:
                continue
            value, grad = flattened(parameter.value), flattened(parameter.grad)
            scratch = np.empty_like(value[:CHUNK])
            for start in range(0, len(value), CHUNK):
                part = value[start : start + CHUNK]
                grad[start : start + CHUNK] += np.multiply(part, self.weight_decay, out=scratch[: len(part)])
