"""The hand-written step of a subject, its intermediate results jittered where that is wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from nnlab.checks.parity.subject import Subject
from nnlab.core.batch import Batch
from nnlab.core.context import Context, Watch
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.models.objective import Objective

POOL: Final = 32768
"""How many elements are jittered at a time."""


@dataclass(frozen=True)
class HandTaken:
    """What a hand-written step says of itself."""

    loss: float
    penalty: float


class HandStepper:
    """Takes the steps of a subject with NumPy, on a copy of its own in `dtype`.

    Options:  borrow: works on the subject's own network instead, which is then overwritten.
              jitter: every intermediate result is multiplied by 1 + jitter u, u drawn evenly from -1 to 1, before it is
                  read: what rounding does, made visible (Monte Carlo arithmetic). 0 for none.
              rng: where u comes from.
    Source:   Parker, "Monte Carlo arithmetic", 1997.
    """

    def __init__(
        self,
        subject: Subject,
        dtype: str = "float64",
        *,
        jitter: float = 0.0,
        rng: Rng | None = None,
        borrow: bool = False,
    ):
        self.graph = subject.graph if borrow else subject.graph.astype(dtype)
        self.optimizer = subject.optimizer.fresh()
        self.objective = Objective(self.graph, subject.loss, self.optimizer.penalty)
        self.shake(jitter, rng)

    def shake(self, jitter: float, rng: Rng | None = None) -> None:
        """Has the next steps jittered so, by chance that starts anew."""
        self._jitter = jitter
        self._chance = (rng or Rng(0)).at("jitter").generator()
        self._factors = 1 + jitter * self._chance.uniform(-1, 1, 2 * POOL if jitter else 0)

    def learn(self, batch: Batch, *, rng: Rng, epoch: int, epochs: int, watch: Watch | None = None) -> HandTaken:
        """One step; `watch` sees what was jittered as it was before. The batch's inputs are jittered where they are."""
        ctx = Context(training=True, rng=rng, watch=self._watch(watch))
        self._shake(batch.inputs)
        with np.errstate(all="ignore"):
            self.graph.zero_grad()
            penalty = self.objective.penalty_value()
            y, tape = self.graph.forward(batch.inputs, ctx)
            loss, dy = self.objective.mean_loss(y, batch.targets, ctx)
            self.objective.backward(dy, tape, ctx)
            self.graph.observe(tape)
            self.optimizer.step(self.graph.parameters, epoch=epoch, epochs=epochs)
        return HandTaken(loss, penalty)

    def predict(self, inputs: Array) -> Array:
        """(batch, classes) probabilities in evaluation mode; the inputs are jittered where they are."""
        self._shake(inputs)
        with np.errstate(all="ignore"):
            y, _ = self.graph.forward(inputs, Context(training=False, watch=self._watch(None)))
            return self.objective.probabilities(y)

    def _watch(self, watch: Watch | None) -> Watch:
        def shaken(node: str, what: str, array: Array) -> None:
            if watch is not None:
                watch(node, what, array)
            if what != "logarithm":  # it was shaken when it was made
                self._shake(array)

        return shaken

    def _shake(self, array: Array) -> None:
        """Multiplies in place. The factors are drawn once and begin elsewhere for every piece: to draw as many as
        there are elements would take longer than the step."""
        if not self._jitter:
            return
        rows = array.reshape(-1) if array.flags.c_contiguous else array.T.reshape(-1)
        assert np.shares_memory(rows, array)
        for start in range(0, rows.size, POOL):
            piece = rows[start : start + POOL]
            offset = self._chance.integers(POOL)
            piece *= self._factors[offset : offset + len(piece)]

    def state(self) -> dict[str, Array]:
        """Copies of every weight and buffer, by name."""
        return self.graph.state()

    def held(self) -> dict[str, Array]:
        """Every weight and buffer, by name, by reference."""
        return self.graph.held()

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Takes weights and buffers over, jittered: what was rounded when they were stored may be so here."""
        self.graph.load_state(state)
        for parameter in self.graph.parameters:
            self._shake(parameter.value)

    def optimizer_state(self) -> dict[str, Array]:
        """Copies of the optimizer's slots and its step count."""
        return self.optimizer.state()

    def optimizer_held(self) -> dict[str, Array]:
        """The optimizer's slots and its step count, by reference."""
        return self.optimizer.held()

    def load_optimizer_state(self, state: Mapping[str, Array]) -> None:
        """Takes over the slots that its rule has; another rule's are left out, and what it lacks starts at zero."""
        slots = {name: slot for name, slot in state.items() if name.rpartition("/")[2] in self.optimizer.rule.slots}
        names = {name.rpartition("/")[0] for name in slots}
        whole = {name for name in names if all(f"{name}/{slot}" in slots for slot in self.optimizer.rule.slots)}
        kept = {name: slot for name, slot in slots.items() if name.rpartition("/")[0] in whole}
        self.optimizer.load_state(kept | {"step": state["step"]})
