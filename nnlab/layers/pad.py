"""A margin around images."""

from dataclasses import dataclass, field
from fractions import Fraction

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.parameter import NewParameter
from nnlab.core.types import Array, Shape
from nnlab.kernels.margins import Margin, Mode, padded, padded_dx
from nnlab.layers.base import LAYERS, Example, Layer
from nnlab.layers.reach import Reach
from nnlab.layers.windows import image_of, pads_of


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class Pad(Layer):
    """An image with a margin around it: of one value, its mirror image (the edge itself not repeated), or its edge.

    y[n, top + i, left + j, c] = x[n, i, j, c]      in the margin `value`, or what lies there in the mirror, or the edge

    Less than nothing is cut off; mirror and edge are then those of what is left.

    Shapes:  x: (batch, height, width, channels); y: (batch, top + height + bottom, left + width + right, channels)
    Gradient:  dx = the sum of dy over every place to which an x went
    Options:  padding: rows and columns of the margin: a number, (height, width) or (top, bottom, left, right).
              mode: constant, reflect or edge.  value: of a constant margin.
    Raises:  ShapeError: not an image; a mirror image larger than the image; nothing left of it.
    """

    also_called = (
        "ZeroPadding2D",
        "ZeroPad2d",
        "ReflectionPad2d",
        "ReplicationPad2d",
        "ConstantPad2d",
        "Crop",
        "Cropping2D",
    )

    padding: int | tuple[int, ...] = option(1, "rows and columns around the image; less than 0 cuts off")
    mode: Mode = option("constant", "what the margin is made of")
    value: float = option(0.0, "of a constant margin")
    margins: tuple[Margin, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.padding, tuple) and len(self.padding) not in (2, 4):
            what = f"is a number, (height, width) or (top, bottom, left, right), got {self.padding}"
            raise UsageError(what, where="Pad.padding")

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Finds the margins."""
        height, width, channels = image_of(in_shapes, "Pad")
        pads = pads_of(self.padding, (height, width), (1, 1), (1, 1))
        every = [Margin(i, n, *each) for i, (n, each) in enumerate(zip((height, width), pads, strict=True), start=1)]
        for margin in every:
            self._require(margin)
        self.margins = tuple(margin for margin in every if margin.before or margin.after)
        return (every[0].out, every[1].out, channels)

    def _require(self, margin: Margin) -> None:
        side, left = ("height", "width")[margin.axis - 1], margin.kept.stop - margin.kept.start
        pads = f"{margin.before} and {margin.after} around a {side} of {margin.size}"
        if left < 1:
            raise ShapeError(f"{pads} leave nothing of it", where="Pad.padding")
        if self.mode == "reflect" and max(margin.before, margin.after) >= left:
            what = f"{pads}: a mirror image has at most {left - 1}, the edge is not repeated"
            raise ShapeError(what, where="Pad.padding", hint="use less, or mode edge")

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, None]:
        """y; backward needs nothing of it."""
        (y,) = xs
        for margin in self.margins:
            y = padded(y, margin, self.mode, self.value, ctx.empty)
        return y, None

    def backward(self, dy: Array, cache: None, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        dx = dy
        for margin in reversed(self.margins):
            dx = padded_dx(dx, margin, self.mode, ctx.empty)
        return (dx,)

    def reach(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> Reach:
        """A place of the image, or none."""
        return Reach((1, 1), (Fraction(1), Fraction(1)))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Every mode, alike and different on every side, with pieces cut off."""
        image = ((3, 4, 2),)
        return (
            ({}, image),
            ({"padding": (0, 2), "value": 1.5}, image),
            ({"padding": (1, 0, -1, 2)}, image),
            ({"padding": (2, 1), "mode": "reflect"}, image),
            ({"padding": (1, 0, -1, 2), "mode": "reflect"}, image),
            ({"padding": 3, "mode": "edge"}, image),
            ({"padding": (-1, 2, 0, -2), "mode": "edge"}, image),
            ({"padding": -1}, ((3, 3, 1),)),
        )
