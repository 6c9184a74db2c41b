"""Follows single units of layers over the epochs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab.core.context import Watch
from nnlab.core.types import Array
from nnlab.training.callback import Callback
from nnlab.training.record import EpochRecord, Step, StepRecord


@dataclass(eq=False)
class TrackLayers(Callback):
    """What the first units of some layers put out in each epoch's first step, and how long their weights are then.

    mean, deviation = of a unit's outputs over the batch (and, where a layer has places, over those)
    weight_norm = |w|                                w the weights that lead to the unit, before the step's update

    Only reads: a run with it equals a run without, bit for bit.

    Options:  units: how many units to follow, by the layer's node.
              tell: takes one record per epoch, layer and unit, when the epoch is whole.
    """

    units: Mapping[str, int]
    tell: Callable[[Mapping[str, Any]], None]
    _found: dict[str, list[dict[str, Any]]] = field(default_factory=dict, init=False, repr=False)
    _weights: dict[str, Array] = field(default_factory=dict, init=False, repr=False)
    _looks: bool = field(default=False, init=False, repr=False)

    def step_start(self, step: Step) -> None:
        """Takes the weights that the epoch begins with."""
        if step.batch_index:
            return
        self._looks, self._found = True, {}
        state = step.learner.state()
        self._weights = {name: state[f"{name}.weight"] for name in self.units if f"{name}.weight" in state}

    def watch(self) -> Watch | None:
        """Looks at the outputs of an epoch's first step."""
        return self._look if self._looks else None

    def _look(self, node: str, what: str, array: Array) -> None:
        if what != "forward" or node not in self.units:
            return
        count, weight = self.units[node], self._weights.get(node)
        norms = None
        if weight is not None and weight.shape[-1] == array.shape[-1]:  # a column per unit
            norms = _norms(weight, count)
        outputs = array.reshape(-1, array.shape[-1])[:, :count].astype(np.float64)
        with np.errstate(all="ignore"):  # values that are not finite are the instability check's to report
            means, deviations = outputs.mean(axis=0), outputs.std(axis=0)
        self._found[node] = [
            {
                "unit": unit,
                "mean": float(means[unit]),
                "deviation": float(deviations[unit]),
                "weight_norm": None if norms is None else float(norms[unit]),
            }
            for unit in range(outputs.shape[1])
        ]

    def step_end(self, step: StepRecord) -> None:
        """Looks away until the next epoch."""
        self._looks, self._weights = False, {}

    def state(self) -> dict[str, Any]:
        """What the epoch's first step gave, for an epoch that is gone on with."""
        return {"found": self._found}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Takes over what was found before the epoch was left."""
        self._found = {node: list(rows) for node, rows in state.get("found", {}).items()}

    def epoch_end(self, record: EpochRecord) -> None:
        """Tells what was found."""
        for node in self.units:
            for row in self._found.get(node, ()):
                self.tell({"epoch": record.epoch, "layer": node, **row})


def _norms(weight: Array, count: int) -> Array:
    """(count,) length of the first units' incoming weights, the last axis being the units."""
    columns = weight.reshape(-1, weight.shape[-1])[:, :count].astype(np.float64)
    with np.errstate(all="ignore"):
        norms: Array = np.linalg.norm(columns, axis=0)
    return norms
