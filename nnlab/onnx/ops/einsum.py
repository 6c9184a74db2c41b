"""Einsum."""

import math
from dataclasses import dataclass
from string import ascii_letters

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.kernels.threads import one_blas_thread
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, reduced_to
from nnlab.onnx.precision import like, wide


@OPERATORS.register("Einsum", since=(12, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class Einsum(Operator):
    """y[output letters] = sum over all other letters of the product of the inputs at their letters

    Shapes:  as the equation says: "ij,jk->ik"
    Gradient:  an einsum again: of dy and the other inputs, to the letters of the one. A letter that only this one has
               was summed over, so its gradient is repeated along it; a letter that it has twice took a diagonal, so
               only that gets a gradient.
    """

    halves = "widened"

    equation: str

    def forward(self, *xs: Array) -> Array:
        """y"""
        with one_blas_thread():
            y = np.einsum(self.equation, *map(wide, xs), optimize=len(xs) > 2)
        return np.asarray(y).astype(xs[0].dtype, copy=False)

    def terms(self, xs: Values) -> tuple[list[str], str]:
        """The letters of the inputs and of the output, with letters in place of every ellipsis."""
        left, arrow, right = self.equation.replace(" ", "").partition("->")
        inputs = left.split(",")
        ranks = [x.ndim - len(term.replace("...", "")) for term, x in zip(inputs, xs, strict=True)]
        free = [letter for letter in ascii_letters if letter not in left]
        most = max((rank for rank, term in zip(ranks, inputs, strict=True) if "..." in term), default=0)
        full = [
            term.replace("...", "".join(free[most - rank : most])) for term, rank in zip(inputs, ranks, strict=True)
        ]
        if not arrow:
            letters = left.replace(",", "").replace("...", "")
            right = "..." + "".join(sorted(letter for letter in set(letters) if letters.count(letter) == 1))
        return full, right.replace("...", "".join(free[:most]))

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """One gradient per input"""
        xs, dy = [wide(x) for x in inputs], wide(dys[0])
        terms, out = self.terms(inputs)
        sizes: dict[str, int] = {}
        for term, x in zip(terms, xs, strict=True):
            for letter, size in zip(term, x.shape, strict=True):
                sizes[letter] = max(size, sizes.get(letter, 0))
        return tuple(like(self._one(place, xs, dy, (terms, out, sizes)), x) for place, x in enumerate(inputs))

    def _one(self, place: int, xs: list[Array], dy: Array, letters: tuple[list[str], str, dict[str, int]]) -> Array:
        terms, out, sizes = letters
        x, term = xs[place], terms[place]
        single = "".join(dict.fromkeys(term))
        others = [(t, o) for i, (t, o) in enumerate(zip(terms, xs, strict=True)) if i != place]
        alone = [letter for letter in single if letter not in out and all(letter not in t for t, _ in others)]
        others += [(letter, np.ones(sizes[letter], x.dtype)) for letter in alone]
        # An input of size 1 along a shared letter was repeated, which einsum takes only where it is not written twice.
        full = [np.broadcast_to(o, [sizes[letter] for letter in t]) for t, o in others]
        equation = ",".join([out, *(t for t, _ in others)]) + "->" + single
        dy = np.broadcast_to(dy, [sizes[letter] for letter in out])
        with one_blas_thread():
            gradient = np.einsum(equation, dy, *full, optimize=len(full) > 1)
        kept = tuple(x.shape[term.index(letter)] for letter in single)
        gradient = reduced_to(gradient, kept)
        if single == term:
            return gradient
        dx = np.zeros(x.shape, gradient.dtype)
        np.einsum(term + "->" + single, dx)[...] = gradient
        return dx

    def most_elements(self, inputs: Values) -> float:
        """All indices of the result; those behind ellipses as many as the shape has that they are stretched to."""
        terms, _, result = self.equation.replace(" ", "").replace("...", ".").partition("->")
        sizes: dict[str, int] = {}
        hidden: list[Shape] = []
        for term, x in zip(terms.split(","), inputs, strict=True):
            before, _, after = term.partition(".")
            hidden += [tuple(x.shape[len(before) : len(x.shape) - len(after)])] if "." in term else []
            own = (*x.shape[: len(before)], *x.shape[len(x.shape) - len(after) :])
            for letter, length in zip(before + after, own, strict=True):
                sizes[letter] = max(sizes.get(letter, 1), length)
        sizes["."] = math.prod(np.broadcast_shapes(*hidden))
        letters = set(result) if result else {letter for letter in sizes if terms.count(letter) == 1 or letter == "."}
        return math.prod(sizes.get(letter, 1) for letter in letters)
