"""Several inputs side by side."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.parameter import NewParameter
from nnlab.core.types import Array, Shape
from nnlab.layers.base import LAYERS, Example, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class Concat(Layer):
    """Its inputs side by side along one axis.

    y = [x1, x2, ...]

    Shapes:  x1, x2, ...: (batch, ...), alike but for `axis`; y: as they, with their sizes along `axis` added up
    Gradient:  dx1, dx2, ... = the parts of dy that x1, x2, ... went to (views)
    Options:  axis: counted with the batch axis, which is 0 and cannot be joined; negative counts from the last.
    Raises:  UsageError: for axis 0.  ShapeError: for fewer than two inputs, an axis they lack, shapes that do not fit.
    """

    axis: int = option(-1, "axis along which the inputs are joined; 0 is the batch, -1 the features")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.axis == 0:
            raise UsageError("axis 0 is the batch, which cannot be joined; use -1 or 1", where="Concat.axis")

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """The shape of one joined sample."""
        got = " and ".join(str(shape) for shape in in_shapes)
        if len(in_shapes) < 2:
            raise ShapeError(f"Concat takes two or more inputs, got {got}")
        rank = len(in_shapes[0])
        axis = self.axis - 1 if self.axis > 0 else self.axis + rank
        if not 0 <= axis < rank:
            raise ShapeError(f"inputs of shape {in_shapes[0]} have no axis {self.axis}", where="Concat.axis")
        if len({(*shape[:axis], *shape[axis + 1 :], len(shape)) for shape in in_shapes}) > 1:
            raise ShapeError(f"Concat along axis {self.axis} takes inputs that are alike but for that axis, got {got}")
        return (*in_shapes[0][:axis], sum(shape[axis] for shape in in_shapes), *in_shapes[0][axis + 1 :])

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, list[int]]:
        """y, and where each input ends for backward."""
        ends = np.cumsum([x.shape[self.axis] for x in xs]).tolist()
        shape = list(xs[0].shape)
        shape[self.axis] = ends[-1]
        return np.concatenate(xs, axis=self.axis, out=ctx.empty(tuple(shape), xs[0].dtype)), ends[:-1]

    def backward(self, dy: Array, cache: list[int], ctx: Context) -> tuple[Array | None, ...]:
        """The part of dy of each input."""
        if not ctx.needs_dx:
            return (None,) * (len(cache) + 1)
        return tuple(np.split(dy, cache, axis=self.axis))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Vectors of two widths; images along the channels and along the height."""
        return (
            ({}, ((4,), (2,))),
            ({}, ((2, 3, 2), (2, 3, 1), (2, 3, 2))),
            ({"axis": 1}, ((2, 3, 2), (1, 3, 2))),
        )
