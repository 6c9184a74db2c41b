"""Watches every tensor of every step for values that are not finite."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nnlab.checks.finite import FiniteWatch
from nnlab.checks.reaction import Reaction, react
from nnlab.core.context import InPieces, Watch
from nnlab.core.errors import CheckError
from nnlab.core.types import Array
from nnlab.training.callback import Callback, Run, tell_check
from nnlab.training.record import Step, StepRecord

HINTS = {
    "input": "mend or remove these files",
    "logarithm": "--fused takes no such logarithm; a lower --learning-rate keeps probabilities off the ends",
}
HINT = "try a lower --learning-rate, --batch-norm or another --initializer"


@dataclass(eq=False)
class InstabilityChecks(Callback):
    """Says which layer first made a value that is not finite, or gave a logarithm a zero or one, and from which files.

    A warning is given once per layer and tensor, however many steps show it; the count is in the summary.
    With "exception" the step is left before its update, so the weights are still those that were sound.
    """

    reaction: Reaction = "warning"
    steps: int = field(default=0, init=False)
    unstable: int = field(default=0, init=False)
    _said: set[tuple[str, str]] = field(default_factory=set, init=False, repr=False)
    _run: Run | None = field(default=None, init=False, repr=False)
    _step: Step | None = field(default=None, init=False, repr=False)
    _watch: FiniteWatch | None = field(default=None, init=False, repr=False)

    def run_start(self, run: Run) -> None:
        """Remembers whom to tell."""
        self._run = run

    def step_start(self, step: Step) -> None:
        """Gets a watch ready for this step."""
        if self.reaction != "off":
            self._step, self._watch = step, FiniteWatch(step.batch, step.learner.readers())
            self.steps += step.part.first

    def watch(self) -> Watch | None:
        """Looks at one tensor, and reacts to the first that is bad."""
        return None if self._watch is None else InPieces(self._look)

    def _look(self, node: str, what: str, array: Array) -> None:
        if self._watch is not None and self._watch.found is None:
            self._watch(node, what, array)
            self._react()

    def step_end(self, step: StepRecord) -> None:
        """Lets go of the batch."""
        self._step = self._watch = None

    def _react(self) -> None:
        found = self._watch.found if self._watch else None
        if found is None or self._step is None:
            return
        self.unstable += 1
        said = (found.node, found.what) in self._said
        self._said.add((found.node, found.what))
        if said and self.reaction == "warning":
            return
        tell_check(self._run, self._step, found.record())
        maker = "the data" if found.node == "input" else found.node
        error = CheckError(
            f"{maker} gave {found}",
            where=f"epoch {self._step.epoch}, step {self._step.step}",
            hint=HINTS.get(found.node) or HINTS.get(found.what) or HINT,
        )
        react(self.reaction, error)

    def state(self) -> dict[str, Any]:
        """What it counted, and what it has already said."""
        return {"steps": self.steps, "unstable": self.unstable, "said": sorted(map(list, self._said))}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Counts on, and does not say again what was said."""
        self.steps, self.unstable = state.get("steps", 0), state.get("unstable", 0)
        self._said = {(node, what) for node, what in state.get("said", ())}

    def summary(self) -> dict[str, Any]:
        """For the run's summary: steps watched, and those in which something was wrong."""
        return {"steps": self.steps, "unstable": self.unstable}
