"""What the classifiers and regressors of ai.onnx.ml do with their scores, by the name that a file gives it."""

from collections.abc import Callable, Mapping

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.kernels.softmax import softmax

ML = "ai.onnx.ml"

ZERO = 1e-7
"""Scores nearer to 0 than this are 0."""


def logistic(x: Array) -> Array:
    """1 / (1 + exp(-x))"""
    y: Array = 1 / (1 + np.exp(-x))
    return y


def softmax_but_zeros(x: Array) -> Array:
    """The softmax of each row, of the scores that are not 0; those stay 0."""
    some = np.abs(x) > ZERO
    powers = np.where(some, np.exp(x - x.max(axis=-1, keepdims=True)), 0)
    total = powers.sum(axis=-1, keepdims=True)
    y: Array = np.divide(powers, total, out=np.zeros_like(powers), where=total > 0)
    return y


def probit(x: Array) -> Array:
    """sqrt(2) erf^-1(2 x - 1): where the normal distribution has the share x below it

    By Winitzki's formula, as onnxruntime has it: erf^-1(t) = sign(t) sqrt(sqrt(b^2 - c) - b),  c = log(1 - t^2) / a,
    b = 2 / (pi a) + log(1 - t^2) / 2,  a = 0.147; wrong by at most 0.002.

    Source:  Winitzki, "A handy approximation for the error function and its inverse", 2008.
    """
    t = 2 * x - 1
    log, a = np.log((1 - t) * (1 + t)), 0.147
    b = 2 / (np.pi * a) + log / 2
    y: Array = np.sqrt(2) * np.copysign(np.sqrt(np.sqrt(b * b - log / a) - b), t)
    return y


TRANSFORMS: Mapping[str, Callable[[Array], Array]] = {
    "NONE": lambda x: x,
    "LOGISTIC": logistic,
    "SOFTMAX": softmax,
    "SOFTMAX_ZERO": softmax_but_zeros,
    "PROBIT": probit,
}


def transformed(scores: Array, name: str) -> Array:
    """The scores, row by row. Raises DataError: for a name that is none."""
    if name not in TRANSFORMS:
        raise DataError(f"post_transform {name!r} is none of {', '.join(TRANSFORMS)}")
    return TRANSFORMS[name](scores)


def of_one_score(scores: Array, name: str, *, opposite: bool = False) -> Array:
    """Both scores where a file has only that of the second label: [1 - s, s], s the transformed one.

    Shapes:  scores: (batch, 1); result: (batch, 2)
    Options:  opposite: [-s, s] where there is neither LOGISTIC nor PROBIT; a softmax of one score is no such thing.
    """
    if name in {"LOGISTIC", "PROBIT"}:
        s, opposite = transformed(scores, name), False
    else:
        s = scores
    return np.concatenate([-s if opposite else 1 - s, s], axis=1)
