"""Writes down what the network is given, minibatch by minibatch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from nnlab.core.truth import Truth
from nnlab.training.callback import Callback
from nnlab.training.record import Step

SHEETS: Final = 50
"""How many minibatches are drawn at most."""


@dataclass(eq=False)
class DumpMinibatches(Callback):
    """Every minibatch's files and truths, in the order in which they are learnt; those of the first epoch as pictures.

    Options:  told: a truth as JSON.  tell: takes one record per minibatch.
              draw: draws a step's minibatch; called in the first epoch that the run trains, for the first SHEETS.
    """

    told: Callable[[Truth], Any]
    tell: Callable[[Mapping[str, Any]], None]
    draw: Callable[[Step], object]
    _first: int | None = field(default=None, init=False, repr=False)

    def step_start(self, step: Step) -> None:
        """Before the minibatch is learnt."""
        labels = [self.told(truth) for truth in step.batch.truths]
        place = {"epoch": step.epoch, "batch": step.batch_index, "samples": len(step.batch)}
        self.tell({**place, "sources": list(step.batch.sources), "labels": labels})
        self._first = step.epoch if self._first is None else self._first
        if step.epoch == self._first and step.batch_index < SHEETS:
            self.draw(step)
