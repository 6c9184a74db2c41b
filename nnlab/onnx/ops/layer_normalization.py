"""LayerNormalization."""

from dataclasses import dataclass

from nnlab.core.types import Array
from nnlab.kernels.normalization import standardised, standardised_dx
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, normalised_axes, reduced_to
from nnlab.onnx.precision import like, wide


@OPERATORS.register("LayerNormalization", since=(1, 17))
@dataclass(frozen=True, kw_only=True, eq=False)
class LayerNormalization(Operator):
    """y = n scale + shift,  n = x standardised over the axes from `axis` on; mean and 1 / deviation are outputs too

    Shapes:  x, y: any; scale, shift: broadcast to x; mean, inverse: that of x, 1 from `axis` on
    Gradient:  dx = standardised_dx(dy scale) + dmean / count - dinverse inverse^2 n / count
    Version 1 is onnxruntime's, whose optimiser writes it into models of before version 17.

    Options:  stash_type: in which type to compute; half precision is worked on in float32 always.
    """

    weighted = True
    halves = "widened"

    axis: int = -1
    epsilon: float = 1e-5
    stash_type: int = 1

    @property
    def computes_wide(self) -> bool:
        """Not where it gives statistics, which have a type of their own: there it rounds itself what it has to."""
        return self.outputs == 1

    def axes(self, x: Array) -> tuple[int, ...]:
        """Over which x is standardised."""
        return tuple(range(normalised_axes([self.axis], x.ndim)[0], x.ndim))

    def forward(self, x: Array, scale: Array, shift: Array | None = None) -> tuple[Array, ...]:
        """y, mean and inverse, as many as are asked for"""
        n, mean, inverse = standardised(wide(x), self.axes(x), self.epsilon)
        n *= wide(scale)
        if shift is not None:
            n += wide(shift)
        return (like(n, x), mean, inverse)[: self.outputs]

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, dscale and dshift"""
        (dy, dmean, dinverse), x, scale = (*map(wide, dys), None, None)[:3], wide(inputs[0]), wide(inputs[1])
        axes = self.axes(x)
        n, _, inverse = standardised(x, axes, self.epsilon)
        count = x.size // max(1, inverse.size)
        dy = dy if dy is not None else n * 0
        dx = standardised_dx(dy * scale, n, inverse, axes)
        if dmean is not None:
            dx += dmean / count
        if dinverse is not None:
            dx -= dinverse * inverse**2 * n / count
        dscale = like(reduced_to(dy * n, scale.shape), inputs[1])
        dshifts = (None if shift is None else like(reduced_to(dy, shift.shape), shift) for shift in inputs[2:])
        return like(dx, inputs[0]), dscale, *dshifts
