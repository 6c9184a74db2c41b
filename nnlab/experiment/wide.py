"""Maps of pictures of any size: whole where a network gives the middle alone, in tiles where a picture is large."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.types import Array, Shape
from nnlab.models.graph import Graph
from nnlab.models.learner import Learner
from nnlab.models.summary import summarised
from nnlab.tasks.base import Task

LOOKED_AT = 1024
"""Rows and columns at which it is asked how far a network sees, and how coarse its coarsest map is."""

FURTHER = 512
"""How many sizes beyond a picture's own are tried, for one that comes out of a network without padding."""


@dataclass(eq=False)
class Wide:
    """What a network gives for pictures of any size.

    Options:  network: the learner's.  pixelwise: whether every head has a value for each pixel: then a map that is of
              the middle alone is completed, by a picture mirrored at its edges.
              tile: rows and columns of the tiles that larger pictures are cut into; None: they are looked at whole.
    """

    learner: Learner
    network: Graph
    pixelwise: bool
    tile: int | None = None
    _sides: dict[int, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, learner: Learner, network: Graph, task: Task, names: tuple[str, ...], tile: int | None) -> "Wide":
        """For a task. Raises UsageError: tiles, where the answer is no map or every place of it sees the whole."""
        heads = task.heads(names, network.in_shape).values()
        pixelwise = all(len(head.shape) == 3 and head.stride is None for head in heads)
        wide = cls(learner, network, pixelwise, tile)
        if tile is not None:
            _ = wide.overlap  # raises where there are no tiles
        return wide

    def outputs(self, x: Array) -> dict[str, Array]:
        """What the heads give.  Shapes:  x: (batch, height, width, channels)"""
        if not self.pixelwise:
            return dict(self.learner.predict(x))
        if self.tile is not None and max(x.shape[1:3]) > self.tile:
            return self._tiled(x, *self.overlap)
        return self._whole(x)

    def _whole(self, x: Array) -> dict[str, Array]:
        given = _side(self.network, x.shape[1:])
        if given == x.shape[1:3]:
            return dict(self.learner.predict(x))
        sides = [self._padded(side) for side in x.shape[1:3]]  # there is no padding: it is to be had from the picture
        before = [(larger - map_) // 2 for larger, map_ in sides]
        pads = [(b, larger - side - b) for b, (larger, _), side in zip(before, sides, x.shape[1:3], strict=True)]
        outputs = self.learner.predict(np.pad(x, ((0, 0), *pads, (0, 0)), mode="reflect"))
        return {name: y[:, : x.shape[1], : x.shape[2]] for name, y in outputs.items()}

    def _padded(self, side: int) -> tuple[int, int]:
        """The least side of a picture whose map has at least `side` rows, and how many it has."""
        if side not in self._sides:
            channels = self.network.in_shape[2]
            for larger in range(side, side + FURTHER):
                map_ = _side(self.network, (larger, larger, channels))
                if map_ is not None and map_[0] >= side:
                    self._sides[side] = larger, map_[0]
                    break
            else:
                raise UsageError(f"the network gives no map for pictures of {side} rows or columns")
        return self._sides[side]

    @cached_property
    def overlap(self) -> tuple[int, int]:
        """By how much tiles overlap at each side, so that no place misses anything that it sees, and the number that
        all their places have to be multiples of, so that coarse maps lie alike.

        Raises:  UsageError: there are no such tiles.
        """
        graph = self.network.at((LOOKED_AT, LOOKED_AT, self.network.in_shape[2]))
        outlets = {outlet.node for outlet in graph.heads.values()}
        fields = [row.field for row in summarised(graph).rows if row.node.name in outlets]
        if not self.pixelwise or _side(self.network, graph.in_shape) != graph.in_shape[:2]:
            raise UsageError("is for networks that give a map as large as the picture", where="--tile")
        if any(field is None or max(field) >= LOOKED_AT for field in fields):
            what = "every place of its map sees more of the picture than a tile has"
            raise UsageError(what, where="--tile", hint="leave it out: the network looks at the whole at once")
        coarse = LOOKED_AT // min(shape[0] for shape in graph.shapes.values() if len(shape) == 3)
        far = max(max(field) for field in fields if field is not None)
        return coarse * math.ceil((far / 2 + coarse) / coarse), coarse

    def _tiled(self, x: Array, margin: int, coarse: int) -> dict[str, Array]:
        assert self.tile is not None
        inner, whole = coarse * math.ceil(self.tile / coarse), dict[str, Array]()
        for rows, own_rows in _cuts(x.shape[1], inner, margin):
            for columns, own_columns in _cuts(x.shape[2], inner, margin):
                for name, y in self._whole(x[:, rows.start : rows.stop, columns.start : columns.stop]).items():
                    whole.setdefault(name, np.empty((len(x), *x.shape[1:3], y.shape[3]), y.dtype))
                    part = y[:, own_rows, own_columns]
                    top, left = rows.start + own_rows.start, columns.start + own_columns.start
                    whole[name][:, top : top + part.shape[1], left : left + part.shape[2]] = part
        return whole


def _cuts(side: int, inner: int, margin: int) -> Iterator[tuple[slice, slice]]:
    """Of each tile along one side: what is looked at, and which of that is its own."""
    for first in range(0, side, inner):
        start, stop = max(0, first - margin), min(side, first + inner + margin)
        yield slice(start, stop), slice(first - start, min(side, first + inner) - start)


def _side(network: Graph, shape: Shape) -> Shape | None:
    """Rows and columns of the maps for pictures of that shape, the fewest; None where they do not come out."""
    try:
        shapes = network.at(tuple(shape)).out_shapes.values()
    except ShapeError:  # a layer over all places, which no other size will suit
        raise
    except UsageError:
        return None
    return tuple(min(sides) for sides in zip(*(shape[:2] for shape in shapes), strict=True))
