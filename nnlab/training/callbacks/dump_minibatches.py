"""Writes down what the network is given, minibatch by minibatch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from nnlab.training.callback import Callback
from nnlab.training.record import Step

SHEETS: Final = 50
"""How many minibatches are drawn at most."""


@dataclass(eq=False)
class DumpMinibatches(Callback):
    """Every minibatch's files and classes, in the order in which they are learnt; those of the first epoch as pictures.

    Options:  classes: their names.  tell: takes one record per minibatch.
              draw: draws a step's minibatch; called in the first epoch that the run trains, for the first SHEETS.
    """

    classes: Sequence[str]
    tell: Callable[[Mapping[str, Any]], None]
    draw: Callable[[Step], object]
    _first: int | None = field(default=None, init=False, repr=False)

    def step_start(self, step: Step) -> None:
        """Before the minibatch is learnt."""
        labels = [self.classes[label] for label in np.argmax(step.batch.targets, axis=1)]
        place = {"epoch": step.epoch, "batch": step.batch_index, "samples": len(step.batch)}
        self.tell({**place, "sources": list(step.batch.sources), "labels": labels})
        self._first = step.epoch if self._first is None else self._first
        if step.epoch == self._first and step.batch_index < SHEETS:
            self.draw(step)
