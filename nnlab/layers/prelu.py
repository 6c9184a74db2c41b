"""The rectifier that learns how much it leaks."""

from dataclasses import dataclass, field

import numpy as np

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.parameter import NewParameter, Parameter
from nnlab.core.types import Array, Shape
from nnlab.kernels.groups import over_groups
from nnlab.kernels.rows import places_in_a_row
from nnlab.layers.base import LAYERS, Example, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class PReLU(Layer):
    """What is positive passes, the rest is multiplied by a slope that is learnt, one for each channel or one for all.

    y = x where x > 0, else alpha x                 computed as max(x, 0) + alpha min(x, 0)

    Shapes:  x, y: (batch, ..., channels); alpha: (channels,), with `shared` (1,)
    Gradient:  dx = dy where x > 0, else alpha dy;  dalpha = sum of dy min(x, 0)
    Options:  start: every slope at first.  shared: whether all channels have one slope.
              The slopes are not penalised: a penalty would push them towards 0, which is ReLU.
    Source:  He et al., "Delving deep into rectifiers", 2015.
    """

    start: float = option(0.25, "every slope at first")
    shared: bool = option(False, "whether all channels have one slope")
    alpha: Parameter = field(init=False, repr=False)

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Makes the slopes."""
        if len(in_shapes) != 1 or not in_shapes[0] or not in_shapes[0][-1]:
            got = " and ".join(str(shape) for shape in in_shapes)
            raise ShapeError(f"PReLU takes one input with channels, got {got}")
        slopes = np.full(1 if self.shared else in_shapes[0][-1], self.start)
        self.alpha = new.given("alpha", slopes, penalised=False)
        return in_shapes[0]

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, and x for backward."""
        (x,) = xs
        rows, alpha = self._wide(x)
        y = ctx.empty(rows.shape, x.dtype)

        def work(some: slice) -> None:
            own = np.minimum(rows[some], 0, out=y[some])
            own *= alpha
            own += np.maximum(rows[some], 0)

        over_groups(work, len(rows), rows.itemsize * rows.shape[1])
        return y.reshape(x.shape), x

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """Adds dalpha; dx."""
        rows, alpha = self._wide(cache)
        d = dy.reshape(rows.shape)
        dx = ctx.empty(rows.shape, dy.dtype) if ctx.needs_dx else None
        sums: dict[int, Array] = {}

        def work(some: slice) -> None:
            sums[some.start] = np.einsum("rw,rw->w", d[some], np.minimum(rows[some], 0))
            if dx is None:
                return
            positive = np.greater(rows[some], 0).astype(dy.dtype)
            own = np.subtract(1, positive, out=dx[some])  # 1 stays 1, 0 becomes alpha: no branch
            own *= alpha
            own += positive
            own *= d[some]

        over_groups(work, len(rows), rows.itemsize * rows.shape[1])
        total = np.sum([sums[start] for start in sorted(sums)], axis=0, dtype=np.float64)
        self.alpha.add(total.reshape(-1, len(self.alpha.value)).sum(axis=0))
        return (None if dx is None else dx.reshape(dy.shape),)

    def _wide(self, x: Array) -> tuple[Array, Array]:
        """x as wide rows, and the slope of each of their values."""
        channels = x.shape[-1]
        fold = places_in_a_row(x.size // channels, channels)
        alpha = self.alpha.value
        return x.reshape(-1, fold * channels), alpha if self.shared else np.tile(alpha, fold)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """A slope for each, one for all, one above 1 and one below 0."""
        return (
            ({}, ((5,),)),
            ({"shared": True}, ((3, 4, 2),)),
            ({"start": 1.5}, ((2, 2, 3),)),
            ({"start": -0.5}, ((4,),)),
        )
