"""What initializers and schedules must do: draw as asked, from the stream they are given; give factors."""

import math
from collections.abc import Iterator

import numpy as np

from nnlab.checks.findings import Finding, must
from nnlab.core.component import make
from nnlab.core.rng import Rng
from nnlab.initializers.base import Initializer
from nnlab.schedules.base import Schedule

SHAPES = ((5,), (7, 3), (200, 50), (3, 3, 4, 8))


def initializer_findings(cls: type[Initializer], seed: int = 0) -> Iterator[Finding]:
    """Shape, dtype, finite values, and the same draw from the same stream."""
    for options in cls.examples():
        for shape in SHAPES:
            where = f"{''.join(f'{key}={value} ' for key, value in options.items())}shape {shape}"
            initializer: Initializer = make(cls, options)
            first, second = (initializer.draw(shape, Rng(seed).at("draw").generator()) for _ in range(2))
            yield must(first.shape == shape, f"{where}: drew shape {first.shape}")
            yield must(first.dtype == np.float64, f"{where}: drew {first.dtype}, should be float64")
            yield must(bool(np.isfinite(first).all()), f"{where}: drew values that are not finite")
            yield must(np.array_equal(first, second), f"{where}: two draws from one stream differ")


def schedule_findings(cls: type[Schedule], epochs: int = 20) -> Iterator[Finding]:
    """Finite factors that are not negative, the same whenever they are asked for."""
    for options in cls.examples():
        schedule: Schedule = make(cls, options)
        factors = [schedule.factor(epoch, epochs) for epoch in range(epochs)]
        where = f"{' '.join(f'{key}={value}' for key, value in options.items()) or 'defaults'}, {epochs} epochs"
        yield must(all(math.isfinite(f) and f >= 0 for f in factors), f"{where}: a factor is negative or not finite")
        again = [schedule.factor(epoch, epochs) for epoch in reversed(range(epochs))]
        yield must(factors == again[::-1], f"{where}: a factor depends on what was asked before")
        yield must(schedule.factor(0, 1) >= 0, f"{where}: a run of one epoch")
