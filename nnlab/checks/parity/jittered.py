"""The hand-written step of a subject, its intermediate results jittered where that is wanted."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from nnlab.checks.parity.subject import Subject
from nnlab.core.batch import Batch
from nnlab.core.context import Context, Watch
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.models.learner import WHOLE, Part, StepResult
from nnlab.models.step import HandStep
from nnlab.optimizers.averaging import AVERAGE
from nnlab.optimizers.optimizer import LATE_STEP

POOL: Final = 32768
"""How many elements are jittered at a time."""


class Jittered(HandStep):
    """Takes the steps of a subject with NumPy, on a copy of its own in `dtype`.

    Options:  borrow: works on the subject's own network instead, which is then overwritten.
              jitter: every intermediate result is multiplied by 1 + jitter u, u drawn evenly from -1 to 1, before it is
                  read: what rounding does, made visible (Monte Carlo arithmetic). 0 for none; below 0, u is turned
                  round.
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
        graph = subject.graph if borrow else subject.graph.astype(dtype)
        super().__init__(graph, loss=subject.loss, optimizer=subject.optimizer.fresh())
        self.shake(jitter, rng)

    def shake(self, jitter: float, rng: Rng | None = None) -> None:
        """Has the next steps jittered so, by chance that starts anew."""
        self._jitter = jitter
        self._chance = (rng or Rng(0)).at("jitter").generator()
        self._factors = 1 + jitter * self._chance.uniform(-1, 1, 2 * POOL if jitter else 0)

    def backprop(self, batch: Batch, *, rng: Rng, watch: Watch | None = None, part: Part = WHOLE) -> StepResult:
        """As every step's; `watch` sees what was jittered as it was before. The inputs are jittered where they are."""
        self._shake(batch.inputs)
        return super().backprop(batch, rng=rng, watch=watch, part=part)

    def predict(self, inputs: Array) -> Mapping[str, Array]:
        """What the heads say in evaluation mode; the inputs are jittered where they are."""
        self._shake(inputs)
        return super().predict(inputs)

    def _context(self, *, training: bool, rng: Rng | None = None, watch: Watch | None = None) -> Context:
        return Context(training=training, rng=rng or Rng(0), watch=self._watch(watch))

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

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Takes weights and buffers over, jittered: what was rounded when they were stored may be so here."""
        super().load_state(state)
        for parameter in self.graph.parameters:
            self._shake(parameter.value)

    def load_optimizer_state(self, state: Mapping[str, Array]) -> None:
        """Takes over the slots that its rule has; another rule's are left out, and what it lacks starts at zero."""
        slots = {name: slot for name, slot in state.items() if name.rpartition("/")[2] in self.optimizer.rule.slots}
        names = {name.rpartition("/")[0] for name in slots}
        whole = {name for name in names if all(f"{name}/{slot}" in slots for slot in self.optimizer.rule.slots)}
        kept = {name: slot for name, slot in slots.items() if name.rpartition("/")[0] in whole}
        averages = {f"{name}/{AVERAGE}": array for name, array in self.optimizer.averages_in(state).items()}
        steps = {name: state[name] for name in ("step", LATE_STEP) if name in state}
        super().load_optimizer_state(kept | averages | steps)
