"""What rounding does to each weight and each value, in decibels: the worst first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from onnx import ModelProto

from nnlab.core.types import Array
from nnlab.kernels.quantize import grid_over, rounded
from nnlab.onnx.write.quantized.coding import ENDING, Codes, float_weights, values_of
from nnlab.onnx.write.quantized.ranges import Range, Watch


@dataclass(frozen=True)
class Damage:
    """A weight or a value.

    Options:  db: the ratio of signal to noise of its own rounding; None where nothing was lost.
              whole_db: of a value with all rounding before it; None of a weight.
              range: what the codes stand for; of a weight its largest magnitude on both sides.
    """

    name: str
    kind: Literal["weight", "value"]
    db: float | None
    whole_db: float | None
    range: Range


class Noise:
    """10 log10(sum of x^2 / sum of (x - y)^2), gathered batch by batch."""

    def __init__(self) -> None:
        self._signal = self._noise = 0.0

    def add(self, x: Array, y: Array) -> None:
        """A value and what became of it."""
        wide = x.astype(np.float64)
        self._signal += float(np.square(wide).sum())
        self._noise += float(np.square(wide - y).sum())

    @property
    def db(self) -> float | None:
        """None where nothing was lost, or there was nothing."""
        return 10 * float(np.log10(self._signal / self._noise)) if self._noise > 0 and self._signal > 0 else None


def of_weights(model: ModelProto, codes: Codes) -> list[Damage]:
    """Of each weight of a float file."""
    found = []
    for name, (weight, axis) in float_weights(model).items():
        said, scale = values_of(weight, axis, codes)
        if scale.ndim:
            scale = scale.reshape([-1 if place == axis else 1 for place in range(weight.ndim)])
        noise = Noise()
        noise.add(weight, said * scale)
        largest = float(np.abs(weight).max(initial=0))
        found.append(Damage(name, "weight", noise.db, None, (-largest, largest)))
    return found


def of_values(
    ranges: Mapping[str, Range], batches: Iterable[Array], float_watch: Watch, int8_watch: Watch
) -> list[Damage]:
    """Of each value that is rounded: by itself, and with all that is rounded before it.

    Options:  float_watch: the values of the float file; int8_watch: those of the other, after rounding.
    """
    alone = {name: Noise() for name in ranges}
    whole = {name: Noise() for name in ranges}
    for x in batches:
        as_said = int8_watch(x)
        for name, value in float_watch(x).items():
            grid = grid_over(*(np.float32(end) for end in ranges[name]))
            alone[name].add(value, value if grid is None else rounded(value, grid, out=np.empty_like(value)))
            whole[name].add(value, as_said.get(f"{name}{ENDING}", value))
    return [Damage(name, "value", alone[name].db, whole[name].db, ranges[name]) for name in ranges]


def worst_first(damages: Iterable[Damage]) -> list[Damage]:
    """The least ratio first; what lost nothing last."""

    def ratio(damage: Damage) -> float:
        known = [each for each in (damage.db, damage.whole_db) if each is not None]
        return min(known, default=float("inf"))

    return sorted(damages, key=ratio)
