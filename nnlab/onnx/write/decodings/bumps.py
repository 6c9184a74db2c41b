"""Where the bumps of heat maps are, as ONNX operators: kernels/heat_maps.py, written into a graph."""

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.heat_maps import AROUND, FLOOR, cells_of
from nnlab.onnx.write.building import Building
from nnlab.onnx.write.decodings.base import Given


class Bumps:
    """The highest cell of every map, and what is made of the cells around it.

    Maps are (batch, cells, points) here, cells row by row; what there is one of for each point is (batch, 1, points).

    Options:  building: takes the nodes, which are named `prefix/...`.  maps: (rows, columns, points) of a sample.
    """

    def __init__(self, building: Building, maps: Given, prefix: str = "decoded"):
        self.building, self._prefix = building, prefix
        self.rows, self.columns, self.points = maps.shape
        self.flat = self.flattened(maps.name, self.points, "maps")
        best = self._add("ArgMax", self.flat, name="best", axis=1, keepdims=1)
        self.height = self._add("GatherElements", self.flat, best, name="height", axis=1)
        columns = self._whole("columns", self.columns)
        self.x, self.y = self._add("Mod", best, columns, name="x"), self._add("Div", best, columns, name="y")

    def flattened(self, maps: str, channels: int, name: str) -> str:
        """Maps as (batch, cells, channels)."""
        sizes = self.building.store(
            f"{self._prefix}/{name}_sizes", np.array([0, self.rows * self.columns, channels]), np.int64
        )
        return self._add("Reshape", maps, sizes, name=name)

    def argmax(self) -> tuple[str, str]:
        """The centre of the highest cell, x and y, in cells."""
        return self._numbers(self.x, "x_cell"), self._numbers(self.y, "y_cell")

    def quarter(self) -> tuple[str, str]:
        """A quarter of a cell towards the higher neighbour."""
        found = []
        for axis, centre in zip("xy", self.argmax(), strict=True):
            before, after = (self._at(axis, step, f"{axis}_{word}") for step, word in ((-1, "before"), (1, "after")))
            sign = self._add("Sign", self._add("Sub", after, before, name=f"{axis}_rise"), name=f"{axis}_sign")
            moved = self._add("Mul", sign, self._number("quarter", 0.25), name=f"{axis}_moved")
            found.append(self._add("Add", centre, moved, name=f"{axis}_top"))
        return found[0], found[1]

    def log_quadratic(self) -> tuple[str, str]:
        """The top of the parabola through three logarithms, across and down."""
        return self._parabola("x", self.columns), self._parabola("y", self.rows)

    def centroid(self) -> tuple[str, str]:
        """The mean of the cells around it, each by its height."""
        apart = [self._add("Abs", self._apart(axis, own), name=f"{axis}_far")
                 for axis, own in zip("xy", self.argmax(), strict=True)]  # fmt: skip
        near = self._add("Less", self._add("Max", *apart, name="far"), self._number("reach", AROUND + 0.5), name="near")
        return self._mean(near, (self._cells("x"), self._cells("y")))

    def voted(self, towards: str, radius: float) -> tuple[str, str]:
        """The mean of what the cells around it say, each by its height; once more around where that is.

        Shapes:  towards: (batch, rows, columns, 2 points), x and y of each point in turn, in radii
        """
        votes = self.flattened(towards, 2 * self.points, "votes")
        said = []
        for start, axis in enumerate("xy"):
            order = np.arange(start, 2 * self.points, 2)
            own = self._add("Gather", votes, self._whole(f"{axis}_order", order), name=f"{axis}_votes", axis=2)
            scaled = self._add("Mul", own, self._number("radius", radius), name=f"{axis}_scaled")
            said.append(self._add("Add", self._cells(axis), scaled, name=f"{axis}_said"))
        tops = self.argmax()
        for word in ("first", "again"):
            near = self._around(tops, radius, word)
            means = self._mean(near, (said[0], said[1]), word)
            tops = self._rounded(means, word)
        return means

    def _around(self, middles: tuple[str, str], radius: float, word: str) -> str:
        """Which cells are within a radius of these."""
        squares = []
        for axis, middle in zip("xy", middles, strict=True):
            apart = self._apart(axis, middle, word)
            squares.append(self._add("Mul", apart, apart, name=f"{axis}_square_{word}"))
        far = self._add("Add", *squares, name=f"far_{word}")
        return self._add("Less", far, self._number("reach", radius**2 + 1e-3), name=f"near_{word}")

    def _rounded(self, places: tuple[str, str], word: str) -> tuple[str, str]:
        """The cells nearest to them."""
        found = []
        for axis, place, length in zip("xy", places, (self.columns, self.rows), strict=True):
            cell = self._add("Round", place, name=f"{axis}_rounded_{word}")
            ends = self._number("nothing", 0.0), self._number(f"{axis}_most", length - 1.0)
            found.append(self._add("Clip", cell, *ends, name=f"{axis}_asked_{word}"))
        return found[0], found[1]

    def _mean(self, near: str, places: tuple[str, str], word: str = "only") -> tuple[str, str]:
        """The mean of x and of y over the cells that are near, by their heights; the highest where all are 0.

        Shapes:  near: (batch, cells, points) bool; places: broadcast to it
        """
        nothing = self._number("nothing", 0.0)
        above = self._add("Max", self.flat, nothing, name=f"above_{word}")
        weights = self._add("Where", near, above, nothing, name=f"weights_{word}")
        total = self._sum(weights, f"total_{word}")
        positive = self._add("Greater", total, nothing, name=f"any_{word}")
        safe = self._add("Where", positive, total, self._number("one", 1.0), name=f"safe_{word}")
        found = []
        for axis, place, own in zip("xy", places, self.argmax(), strict=True):
            summed = self._sum(self._add("Mul", weights, place, name=f"{axis}_weighed_{word}"), f"{axis}_sum_{word}")
            mean = self._add("Div", summed, safe, name=f"{axis}_mean_{word}")
            found.append(self._add("Where", positive, mean, own, name=f"{axis}_top_{word}"))
        return found[0], found[1]

    def _parabola(self, axis: str, length: int) -> str:
        own = self._numbers(getattr(self, axis), f"{axis}_cell")
        if length < 3:
            return own
        middle = self._add("Clip", getattr(self, axis), self._whole("first", 1),
                           self._whole(f"{axis}_last", length - 2), name=f"{axis}_middle")  # fmt: skip
        logs = []
        for step, word in ((-1, "before"), (0, "at"), (1, "after")):
            height = self._at(axis, step, f"{axis}_{word}", middle)
            floored = self._add("Max", height, self._number("floor", FLOOR), name=f"{axis}_{word}_floored")
            logs.append(self._add("Log", floored, name=f"{axis}_{word}_log"))
        before, at_it, after = logs
        twice = self._add("Add", at_it, at_it, name=f"{axis}_twice")
        ends = self._add("Add", before, after, name=f"{axis}_ends")
        curve = self._add("Sub", ends, twice, name=f"{axis}_curve")
        bent = self._add("Less", curve, self._number("nothing", 0.0), name=f"{axis}_bent")
        safe = self._add("Where", bent, curve, self._number("minus_one", -1.0), name=f"{axis}_safe")
        rise = self._add("Sub", before, after, name=f"{axis}_fall")
        halved = self._add("Mul", rise, self._number("half", 0.5), name=f"{axis}_half")
        moved = self._add("Div", halved, safe, name=f"{axis}_moved")
        top = self._add("Add", self._numbers(middle, f"{axis}_centre"), moved, name=f"{axis}_vertex")
        found = self._add("Where", bent, top, own, name=f"{axis}_found")
        one = self._number("one", 1.0)
        low = self._add("Sub", own, one, name=f"{axis}_low")
        high = self._add("Add", own, one, name=f"{axis}_high")
        return self._add("Min", self._add("Max", found, low, name=f"{axis}_raised"), high, name=f"{axis}_top")

    def _at(self, axis: str, step: int, name: str, middle: str = "") -> str:
        """The height of a cell of the same row, or column, as the highest; the outermost where it lies outside."""
        length = self.columns if axis == "x" else self.rows
        moved = self._add("Add", middle or getattr(self, axis), self._whole(f"step_{step}", step), name=f"{name}_cell")
        inside = self._add("Clip", moved, self._whole("zero", 0), self._whole(f"{axis}_end", length - 1),
                           name=f"{name}_inside")  # fmt: skip
        x, y = (inside, self.y) if axis == "x" else (self.x, inside)
        row = self._add("Mul", y, self._whole("columns", self.columns), name=f"{name}_row")
        place = self._add("Add", row, x, name=f"{name}_place")
        return self._add("GatherElements", self.flat, place, name=name, axis=1)

    def _cells(self, axis: str) -> str:
        cells = cells_of(self.rows, self.columns)[..., "xy".index(axis)].reshape(1, -1, 1)
        return self.building.store(f"{self._prefix}/{axis}_cells", cells)

    def _apart(self, axis: str, own: str, word: str = "only") -> str:
        return self._add("Sub", self._cells(axis), own, name=f"{axis}_apart_{word}")

    def _numbers(self, cells: str, name: str) -> str:
        full = f"{self._prefix}/{name}"
        if all(full not in node.output for node in self.building.nodes):
            self.building.cast(cells, self.building.dtype, name=full)
        return full

    def _sum(self, x: str, name: str) -> str:
        axes = self.building.store(f"{self._prefix}/cells_axis", np.array([1]), np.int64)
        return self._add("ReduceSum", x, axes, name=name, keepdims=1)

    def _number(self, name: str, value: float) -> str:
        return self.building.store(f"{self._prefix}/{name}", np.array(value))

    def _whole(self, name: str, value: int | Array) -> str:
        return self.building.store(f"{self._prefix}/{name}", np.asarray(value), np.int64)

    def _add(self, operator: str, *inputs: str, name: str, **attributes: object) -> str:
        return self.building.add(operator, *inputs, name=f"{self._prefix}/{name}", **attributes)
