"""Samples in another shape."""

import math
from dataclasses import dataclass, field
from typing import ClassVar

from nnlab.core.component import required
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.parameter import NewParameter
from nnlab.core.types import Array, Shape
from nnlab.layers.base import LAYERS, Example, Layer

REST = -1
"""The size that is found from the others."""


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class Reshape(Layer):
    """Each sample in another shape, its values in their order: a view, nothing is copied.

    y = x with the axes of a sample taken apart or joined

    Shapes:  x: (batch, ...); y: (batch, *shape)
    Gradient:  dx = dy in the shape of x
    Options:  shape: of one sample; one of its sizes may be -1, which is then what the others leave.
    Raises:  UsageError: a size of 0, or -1 twice.  ShapeError: the values of a sample do not fill the shape.
    """

    is_view: ClassVar[bool] = True

    shape: tuple[int, ...] = required("shape of one sample; one size may be -1", low=-1)
    sizes: Shape = field(init=False, repr=False)  # `shape`, -1 made a size

    def __post_init__(self) -> None:
        super().__post_init__()
        if 0 in self.shape or self.shape.count(REST) > 1:
            what = f"is sizes of 1 and more, of which one may be -1, got {self.shape}"
            raise UsageError(what, where="Reshape.shape")

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """The shape, -1 made a size."""
        if len(in_shapes) != 1:
            got = " and ".join(str(shape) for shape in in_shapes)
            raise ShapeError(f"Reshape takes one input, got {got}")
        self.sizes = self._fitting(in_shapes[0])
        return self.sizes

    def _fitting(self, shape: Shape) -> Shape:
        values, known = math.prod(shape), math.prod(size for size in self.shape if size != REST)
        if REST in self.shape and values and values % known == 0:
            return tuple(values // known if size == REST else size for size in self.shape)
        if values != known or REST in self.shape:
            wants = f"a multiple of {known}" if REST in self.shape else str(known)
            what = f"{shape} does not fit into {self.shape}, which wants {wants} values and not {values}"
            raise ShapeError(what, where="Reshape.shape")
        return self.shape

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Shape]:
        """y, and the shape of x for backward."""
        (x,) = xs
        return x.reshape(len(x), *self.sizes), x.shape

    def backward(self, dy: Array, cache: Shape, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        return (dy.reshape(cache) if ctx.needs_dx else None,)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Rows as images, images as rows, and sizes that are left."""
        return (
            ({"shape": (2, 3, 2)}, ((12,),)),
            ({"shape": (12,)}, ((2, 3, 2),)),
            ({"shape": (3, -1)}, ((2, 3, 2),)),
            ({"shape": (-1,)}, ((2, 3),)),
        )
