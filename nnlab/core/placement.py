"""Where a picture's pixels went: what is true of the picture goes the same way, and comes back by the inverse."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.core.warp import BAND, bilinear, looked_up, nearest

Size = tuple[int, int]
"""Width and height, in pixels."""

VOID = 255
"""What a mask says of a place that no picture was taken of: it is neither learnt from nor judged by."""

NOWHERE = -1e6
"""A place outside of every picture."""

NEAR = 1e-6
"""The depth of a tilted plane from which on it is seen, the picture's middle being some 1 away."""


@dataclass(kw_only=True, eq=False)
class Placement:
    """p' = M p, p being (x, y, 1); pixel (0, 0) covers x and y from 0 to 1, so its centre is at (0.5, 0.5)

    `after` puts two together, one after the other. Both are kept: a picture is drawn anew at each, and what one cuts
    off does not come back by the next.

    Options:  rows: those of M; none where it follows from the parts. M is made when it is asked for: a step places all
              samples of every epoch, and a label, which does not move, asks for none.
              before, size: the picture's width and height before and after.
              fill: the colour that comes into view; none where the outermost pixels go on.
              primitive: the call of the image library that draws it, as a name and arguments; None: drawn here.
              parts: the placements that it consists of, in their order, none where nothing moves; None: it is whole.
    Shapes:   matrix: (3, 3)
    """

    rows: "Sequence[Sequence[float]] | Array" = ()
    before: Size
    size: Size
    fill: Sequence[int] = (0,)
    primitive: tuple[str, tuple[Any, ...]] | None = None
    parts: "tuple[Placement, ...] | None" = None

    @classmethod
    def unmoved(cls, size: Size) -> "Placement":
        """Every pixel stays where it is."""
        return cls(before=size, size=size, parts=())

    @cached_property
    def matrix(self) -> Array:
        """M"""
        if self.parts is None:
            return np.asarray(self.rows, np.float64)
        whole = np.eye(3)
        for part in self.parts:
            whole = part.matrix @ whole
        return whole

    @property
    def mirrors(self) -> bool:
        """Whether left and right change places: what is clockwise in the one picture is not in the other."""
        return _cofactors(self.matrix)[1] < 0

    def after(self, first: "Placement") -> "Placement":
        """`first`, then this.  Raises ValueError: when this does not begin with the size that `first` ends with."""
        if first.size != self.before:
            raise ValueError(f"a placement of {self.before} cannot come after one that gives {first.size}")
        return Placement(
            before=first.before,
            size=self.size,
            fill=self.fill,
            parts=first._whole + self._whole,
        )

    def inverse(self) -> "Placement":
        """The way back, to the size there was before. What was cut off comes back as `fill`, in a mask as VOID."""
        if self.parts is not None:
            back = Placement.unmoved(self.size)
            for part in reversed(self.parts):
                back = part.inverse().after(back)
            return back
        return Placement(rows=_inverse(self.matrix), before=self.size, size=self.before, fill=self.fill)

    def image(self, image: Any, lib: Any) -> Any:
        """The picture after it, drawn by the library's primitives, or by bilinear interpolation where it has none."""
        for part in self._whole:
            if part.primitive is None:
                image = lib.image(bilinear(lib.pixels(image), *part.sources(), part.fill))
            else:
                name, arguments = part.primitive
                image = getattr(lib, name)(image, *arguments)
        return image

    def mask(self, pixels: Array) -> Array:
        """Each place has the value of the pixel that it came from, VOID where there was none.

        Shapes:  pixels: (height, width), whole numbers; result: (height, width) after it.
        """
        for part in self._whole:
            pixels = nearest(pixels, *part.sources(), VOID)
        return pixels

    def looked_up(self, values: Array) -> Array:
        """The way back for numbers: what each pixel before has of those that are said of the picture after it; 0 where
        it was cut off.

        Shapes:  values: (height, width) after it; result: (height, width) before it, float32
        """
        width, height = self.before
        found = np.zeros((height, width), np.float32)
        rows = max(1, BAND // width)
        for top in range(0, height, rows):  # a band at a time: a large photo's places are many
            some = slice(top, min(top + rows, height))
            x, y = np.arange(width)[None, :] + 0.5, np.arange(some.start, some.stop)[:, None] + 0.5
            inside: Array = np.ones((1, 1), bool)
            for part in self._whole:
                x, y = _through(part.matrix.tolist(), x, y)
                inside = inside & (x >= 0) & (x <= part.size[0]) & (y >= 0) & (y <= part.size[1])
            found[some] = np.where(inside, looked_up(values, x, y), 0)
        return found

    def points(self, places: Array) -> Array:
        """Shapes:  places and result: (..., 2), x and y"""
        x, y = _through(self.matrix.tolist(), places[..., 0], places[..., 1])
        return np.stack([x, y], axis=-1)

    def boxes(self, corners: Array) -> Array:
        """The smallest upright boxes around the moved ones; not cut to the picture, so that they have a way back.

        Shapes:  corners and result: (..., 4), x0, y0, x1, y1
        """
        places = corners[..., [0, 1, 2, 1, 2, 3, 0, 3]].reshape(*corners.shape[:-1], 4, 2)
        moved = self.points(places)
        boxes: Array = np.concatenate([moved.min(axis=-2), moved.max(axis=-2)], axis=-1)
        behind = np.asarray(_linear(self.matrix.tolist()[2], places[..., 0], places[..., 1]) <= 0)
        for index in map(tuple, np.argwhere(behind.any(axis=-1))):
            boxes[index] = self._seen_box(places[index])
        return boxes

    def _seen_box(self, places: Array) -> Array:
        """Around what the picture shows of a polygon that reaches behind the eye: cut at the picture's four sides.

        Shapes:  places: (corners, 2); result: (4,)
        Source:  Sutherland and Hodgman, "Reentrant polygon clipping", 1974.
        """
        width, height = self.size
        polygon = np.concatenate([places, np.ones((len(places), 1))], axis=1) @ self.matrix.T
        for inside in ((0, 0, 1), (1, 0, 0), (-1, 0, width), (0, 1, 0), (0, -1, height)):
            far = polygon @ np.array(inside, float) - (NEAR if inside == (0, 0, 1) else 0)
            kept = []
            for a, b, at_a, at_b in zip(np.roll(polygon, 1, axis=0), polygon, np.roll(far, 1), far, strict=True):
                if (at_a >= 0) != (at_b >= 0):
                    kept.append(a + at_a / (at_a - at_b) * (b - a))
                if at_b >= 0:
                    kept.append(b)
            if not kept:
                return np.full(4, NOWHERE)
            polygon = np.array(kept)
        seen = polygon[:, :2] / polygon[:, 2:]
        return np.concatenate([seen.min(axis=0), seen.max(axis=0)])

    @property
    def _whole(self) -> "tuple[Placement, ...]":
        return (self,) if self.parts is None else self.parts

    def sources(self) -> tuple[Array, Array]:
        """x and y that each pixel's centre comes from; a row and a column where neither depends on the other."""
        across, down = np.arange(self.size[0])[None, :] + 0.5, np.arange(self.size[1])[:, None] + 0.5
        return _through(_inverse(self.matrix), across, down)


Matrix = list[list[float]]


def _inverse(matrix: Array) -> Matrix:
    """By cofactors."""
    cofactors, determinant = _cofactors(matrix)
    return [[value / determinant for value in row] for row in cofactors]


def _cofactors(matrix: Array) -> tuple[Matrix, float]:
    """They, transposed, and the determinant: of nine numbers sooner done than LAPACK is called."""
    (a, b, c), (d, e, f), (g, h, i) = matrix.tolist()
    cofactors = [
        [e * i - f * h, c * h - b * i, b * f - c * e],
        [f * g - d * i, a * i - c * g, c * d - a * f],
        [d * h - e * g, b * g - a * h, a * e - b * d],
    ]
    determinant = a * cofactors[0][0] + b * cofactors[1][0] + c * cofactors[2][0]
    return cofactors, determinant


def _through(matrix: Matrix, x: Array, y: Array) -> tuple[Array, Array]:
    """Where the matrix takes places. What lies behind the eye, where a plane is tilted, is nowhere."""
    across, down = _linear(matrix[0], x, y), _linear(matrix[1], x, y)
    if matrix[2] == [0, 0, 1]:
        return across, down
    depth = _linear(matrix[2], x, y)
    seen = depth > 0
    if seen.all():
        return across / depth, down / depth
    depth = np.where(seen, depth, 1)
    return np.where(seen, across / depth, NOWHERE), np.where(seen, down / depth, NOWHERE)


def _linear(row: list[float], x: Array, y: Array) -> Array:
    """a x + b y + c; a term that is zero is left out, so that a row stays one."""
    a, b, c = row
    if not b:
        return np.asarray(a * x + c)
    return np.asarray(b * y + c if not a else (a * x + c) + b * y)
