"""Pad."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.errors import ShapeError
from nnlab.core.types import Array, Shape
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, normalised_axes
from nnlab.onnx.ops.sizes import ints, said
from nnlab.onnx.precision import like, wide

Widths = tuple[tuple[int, int], ...]
"""Of each axis: how much is added before and after; less than nothing is cut off."""


@OPERATORS.register("Pad", since=(2, 11, 13, 18, 19, 21, 23, 24, 25))
@dataclass(frozen=True, kw_only=True, eq=False)
class Pad(Operator):
    """x with a margin: of a constant, of its mirror image (reflect), its edge, or its other end (wrap).

    `pads` lists the widths before every axis, then those after; negative ones cut off. Pads and value are attributes
    before version 11; from 18 on `axes` may say which axes are meant.

    Gradient:  dx = the sum of dy over every place to which a value went; dvalue = the sum of dy over the margin
    """

    fixed = (2,)
    halves = "moved"

    mode: str = "constant"
    pads: tuple[int, ...] = ()
    value: float = 0.0

    def forward(
        self, x: Array, pads: Array | None = None, constant_value: Array | None = None, axes: Array | None = None
    ) -> Array:
        """y"""
        widths = self.widths(x.ndim, pads, axes)
        if self.mode != "constant":
            for axis, (before, after) in enumerate(widths):
                if before or after:
                    x = x.take(self.places(x.shape[axis], before, after), axis=axis)
            return x
        value = self.value if constant_value is None else constant_value.reshape(-1)[0]
        y = np.full(
            [size + before + after for size, (before, after) in zip(x.shape, widths, strict=True)], value, x.dtype
        )
        kept, into = self.inner(x.shape, widths)
        y[into] = x[kept]
        return y

    def widths(self, rank: int, pads: Any, axes: Any) -> Widths:
        """Before and after, for every axis."""
        given = self.pads if pads is None else pads.tolist()
        named = normalised_axes(range(rank) if axes is None else axes.tolist(), rank)
        if len(given) != 2 * len(named):
            raise ShapeError(f"{len(given)} pads for {len(named)} axes; it takes two an axis")
        widths = [(0, 0)] * rank
        for place, axis in enumerate(named):
            widths[axis] = (int(given[place]), int(given[place + len(named)]))
        return tuple(widths)

    def places(self, size: int, before: int, after: int) -> Array:
        """From which place of an axis each value of the result comes."""
        kept = np.arange(size)[max(0, -before) : size - max(0, -after)]
        mode: Any = self.mode
        return np.pad(kept, (max(0, before), max(0, after)), mode=mode)

    @staticmethod
    def inner(shape: Shape, widths: Widths) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
        """What of x is kept, and where it lies in y."""
        sizes = tuple(zip(shape, widths, strict=True))
        kept = tuple(slice(max(0, -before), max(0, size - max(0, -after))) for size, (before, after) in sizes)
        into = tuple(slice(max(0, before), max(0, size + before + min(0, after))) for size, (before, after) in sizes)
        return kept, into

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, dvalue"""
        (dy,), (x, pads, value, axes) = dys, (*inputs, None, None, None)[:4]
        assert dy is not None
        widths = self.widths(x.ndim, pads, axes)
        if self.mode == "constant":
            kept, into = self.inner(x.shape, widths)
            dx = np.zeros_like(x)
            dx[kept] = dy[into]
            dvalue = None if value is None else like(wide(dy).sum() - wide(dy[into]).sum(), dy).reshape(value.shape)
            return (dx, None, dvalue, None)[: len(inputs)]
        for axis, (before, after) in enumerate(widths):
            if before or after:
                sources = self.places(x.shape[axis], before, after)
                dx = np.zeros((*dy.shape[:axis], x.shape[axis], *dy.shape[axis + 1 :]), dy.dtype)
                np.add.at(np.moveaxis(dx, axis, 0), sources, np.moveaxis(dy, axis, 0))
                dy = dx
        return (dy, *(None for _ in inputs[1:]))

    def most_elements(self, inputs: Values) -> float:
        """Each axis as long as it is, and what comes before and after it."""
        x, pads = inputs[0], said(self, "pads", inputs, 1)
        half = len(pads) // 2
        axes = ints(inputs[3]) if len(inputs) > 3 and inputs[3] is not None else list(range(x.ndim))
        shape = [int(n) for n in x.shape]
        for place, axis in enumerate(axes[:half]):
            shape[axis] += max(0, pads[place]) + max(0, pads[place + half])
        return math.prod(shape)
