"""One step taken by both backends in float64 from the same state: what differs is this very step's doing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from nnlab.checks.parity.diagnosis import Cause, diagnose
from nnlab.checks.parity.jittered import Jittered
from nnlab.checks.parity.measure import gap, memory_gaps
from nnlab.checks.parity.rounding import FLOOR, Rounding
from nnlab.checks.parity.step import Moment, Tensors, forget, gradient_name, take, tensors_of
from nnlab.checks.parity.subject import Subject
from nnlab.core.types import Array
from nnlab.models.learner import Learner

EPS: Final = float(np.finfo(np.float64).eps)


@dataclass(eq=False)
class Recorded:
    """The tensors of a step by reference, valid until its learner's next; gradients are copied where penalty or
    clipping write into them.

    Options:  copies: whether they do.
    """

    copies: bool = True
    tensors: dict[str, Array] = field(default_factory=dict)

    def __call__(self, name: str, tensor: Array) -> None:
        """Keeps it."""
        self.tensors[name] = tensor.copy() if self.copies and " gradient " in name else tensor


@dataclass(eq=False)
class Compared:
    """Holds each tensor of a step against the recorded one of its name, as it comes by; keeps nothing of it.

    Options:  gaps: the relative gap of each.
    """

    recorded: Tensors
    gaps: dict[str, float] = field(default_factory=dict)

    def __call__(self, name: str, tensor: Array) -> None:
        """Notes the gap."""
        if name in self.recorded:
            self.gaps[name] = gap(self.recorded[name], tensor).relative


@dataclass(frozen=True)
class Found:
    """A cause, and the backend whose step it makes part from the hand-written one."""

    backend: str
    cause: Cause


class LocalStep:
    """Two learners in float64 and the hand-written definition, which take the same steps from any state.

    Options:  subject: built; its values do not matter.  learners: float64 learners by backend, two of them.
              hand: takes the hand-written steps, between those of the learners; None makes one when it is needed.
    """

    def __init__(self, subject: Subject, learners: Mapping[str, Learner], hand: Jittered | None = None):
        self._subject, self._learners, self.hand = subject, dict(learners), hand
        self.gaps: Mapping[str, float] = {}

    def unfreeze(self) -> None:
        """Has everything learn from now on."""
        for learner in (*self._learners.values(), *([self.hand] if self.hand else [])):
            learner.unfreeze()
        self._subject.graph.freeze(())

    def settle(self, nodes: Collection[str]) -> None:
        """Has these nodes keep their statistics from now on."""
        for learner in (*self._learners.values(), *([self.hand] if self.hand else [])):
            learner.settle(nodes)
        self._subject.graph.settle(nodes)

    def found(self, moment: Moment) -> tuple[Found, ...]:
        """What makes the step of one backend or the other part by more than rounding; nothing in most steps.

        Afterwards `gaps` has the relative gap of every tensor.
        """
        self.gaps = self._gaps(moment)
        floor = FLOOR * EPS * self._subject.rounding
        suspects = {name for name, relative in self.gaps.items() if relative > floor}
        if not suspects or not self._parted(moment, suspects):
            return ()
        rounding = Rounding(self._subject, moment, hand=self.hand)
        return tuple(
            Found(backend, cause)
            for backend, learner in self._learners.items()
            for cause in diagnose(rounding, _alone(learner, moment))
        )

    def forget(self) -> None:
        """Has both learners let go of what they need in a step alone."""
        for learner in self._learners.values():
            forget(learner)

    def _gaps(self, moment: Moment) -> dict[str, float]:
        """The relative gap of every tensor between the two."""
        one, other = self._learners.values()
        recorded = Recorded(self._subject.changes_gradients)
        here = take(one, moment, recorded)
        compared = Compared(recorded.tensors)
        there = take(other, moment, compared)
        return compared.gaps | memory_gaps(here, there)

    def _parted(self, moment: Moment, suspects: Collection[str]) -> bool:
        """Whether one of the suspect tensors has what rounding does not explain, on one side or the other.

        Only these are kept, and the gradients that say whether they have signal: most suspects are innocent, and a
        large network's tensors would fill the memory.
        """
        parameters = {parameter.name for parameter in self._subject.graph.parameters}
        owners = {name.partition(" ")[0] for name in suspects} & parameters
        self.forget()
        only = {*suspects, *map(gradient_name, owners)}
        rounding = Rounding(self._subject, moment, only=only, hand=self.hand)
        return any(rounding.parted(_alone(learner, moment, suspects)) for learner in self._learners.values())


def _alone(learner: Learner, moment: Moment, only: Collection[str] | None = None) -> Tensors:
    """The tensors of a step, after which nothing is remembered."""
    tensors = tensors_of(learner, moment, only)
    forget(learner)
    return tensors
