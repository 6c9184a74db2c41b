"""What a gradient check needs to know of a model, on whatever backend."""

from collections.abc import Mapping
from typing import Final, Protocol

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.rng import Rng
from nnlab.core.types import Array

PROBE_SAMPLES: Final = 24
"""How many samples of a batch a gradient check runs on: enough for batch statistics, few enough for mid-run."""


class Probe(Protocol):
    """The whole objective (penalty included) on one batch, in float64, with its dropout masks fixed."""

    @property
    def parameters(self) -> Mapping[str, Array]:
        """The float64 values by name. The check changes elements in place and puts them back."""
        ...

    def gradients(self) -> Mapping[str, Array]:
        """The backend's own gradient of the objective at the values as they are now, by the same names."""
        ...

    def value(self, changed: str | None = None) -> float:
        """The objective with the parameters as they are now; `changed` names the only one that differs from its
        first value, so that what lies before it in the network need not be computed again."""
        ...


def some_of(batch: Batch, max_samples: int | None, rng: Rng) -> Batch:
    """At most `max_samples` of a batch (None: all), drawn by `rng`, in their order, as float64 copies."""
    rows: list[int] = list(range(len(batch)))
    if max_samples is not None and len(batch) > max_samples:
        rows = sorted(rng.at("probe samples").generator().choice(len(batch), max_samples, replace=False).tolist())
    return batch.take(rows).astype(np.float64)
