"""The penalty: the part of the objective that asks for small weights, or for few that are not zero."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.arrays import flattened
from nnlab.core.component import Component, option
from nnlab.core.parameter import Parameter
from nnlab.core.types import Array
from nnlab.kernels.threads import one_blas_thread

CHUNK = 32768
"""Elements at a time: what is read and written fits in the processor's cache."""

SMALL = 1e-3
"""A weight below it counts as about zero: with inputs of 0 to 1 a thousand of them make a difference of 1."""


@dataclass(kw_only=True, eq=False)
class Penalty(Component):
    """A price on weights, added to the mean loss.

    penalty = sum over penalised parameters of (weight_decay / 2 sum w^2 + l1 sum |w|)

    The square (L2) makes all weights smaller, the large ones most. The absolute value (L1) draws each towards 0 with
    the same force, however small it is, so that those which the loss has no need of stay about 0. At 0 itself |w| has
    no derivative; sign 0 = 0 is the subgradient that lets a weight rest there.

    Gradient:  dw += weight_decay w + l1 sign w
    Options:  weight_decay, l1: 0 for no such penalty.
    Source:  Krogh and Hertz, "A simple weight decay can improve generalization", 1991; Tibshirani, "Regression
             shrinkage and selection via the lasso", 1996; both: Zou and Hastie, "Regularization and variable selection
             via the elastic net", 2005.
    """

    weight_decay: float = option(0.0, "price of the squared weights", low=0)
    l1: float = option(0.0, "price of the absolute weights", low=0)

    def value(self, parameters: Iterable[Parameter]) -> float:
        """What the penalty adds to the objective."""
        if not (self.weight_decay or self.l1):
            return 0.0
        squares = sizes = 0.0
        with one_blas_thread():
            for parameter in parameters:
                if not parameter.penalised:
                    continue
                flat = flattened(parameter.value)
                squares += float(np.vdot(flat, flat)) if self.weight_decay else 0.0
                sizes += _size(flat) if self.l1 else 0.0
        return self.weight_decay / 2 * squares + self.l1 * sizes

    def add_gradient(self, parameters: Iterable[Parameter]) -> None:
        """Adds its gradient to `grad` of every penalised parameter."""
        if not (self.weight_decay or self.l1):
            return
        for parameter in parameters:
            if not parameter.penalised:
                continue
            value, grad = flattened(parameter.value), flattened(parameter.grad)
            scratch = np.empty_like(value[:CHUNK])
            for start in range(0, len(value), CHUNK):
                part = value[start : start + CHUNK]
                self._add(part, grad[start : start + CHUNK], scratch[: len(part)])

    def _add(self, value: Array, grad: Array, scratch: Array) -> None:
        if self.weight_decay:
            grad += np.multiply(value, self.weight_decay, out=scratch)
        if self.l1:
            grad += np.multiply(np.sign(value, out=scratch), self.l1, out=scratch)


def small_weights(parameters: Iterable[Parameter], values: Mapping[str, Array]) -> dict[str, Any]:
    """How many of the penalised weights are about zero, and how many are zero, as shares.

    Options:  values: of the parameters, by name.
    """
    weights = [np.abs(values[parameter.name]) for parameter in parameters if parameter.penalised]
    count = sum(weight.size for weight in weights)
    small, zero = (sum(int((weight < most).sum()) for weight in weights) for most in (SMALL, np.finfo(np.float64).tiny))
    return {"below": SMALL, "share": small / count if count else None, "zero": zero / count if count else None}


def _size(flat: Array) -> float:
    """sum |w|"""
    scratch = np.empty_like(flat[:CHUNK])
    parts = (flat[start : start + CHUNK] for start in range(0, len(flat), CHUNK))
    return float(sum(float(np.abs(part, out=scratch[: len(part)]).sum()) for part in parts))
