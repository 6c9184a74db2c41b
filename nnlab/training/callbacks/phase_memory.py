"""How much memory is resident in each phase of training."""

from dataclasses import dataclass, field

from nnlab.core.context import InPieces, Watch
from nnlab.core.types import Array
from nnlab.training.allowance import Allowance
from nnlab.training.callback import Callback, Run
from nnlab.training.clock import Phases
from nnlab.training.record import Step, StepRecord

SHARE = 0.002
"""Of the time that goes by, for the looks amid a step."""


@dataclass(eq=False)
class PhaseMemory(Callback):
    """Looks at the process's resident memory in each phase, once an epoch, or less often where that would take more
    than SHARE of the time. What is read is what the system counts.

    load, evaluate:  when a batch was read, and when one was scored
    forward, backward:  at every tensor of the epoch's first minibatch
    update:  after its step

    What was taken and given back between two of these moments is not seen; `peak_memory_mb` has that, of all phases
    together. Only reads: a run with it equals a run without, bit for bit.
    """

    _phases: Phases | None = field(default=None, init=False, repr=False)
    _looks: bool = field(default=False, init=False, repr=False)
    _allowance: Allowance = field(default_factory=lambda: Allowance(SHARE), init=False, repr=False)

    def run_start(self, run: Run) -> None:
        """Remembers whom to tell."""
        self._phases = run.phases

    def step_start(self, step: Step) -> None:
        """Looks at an epoch's first minibatch."""
        self._looks = self._phases is not None and not step.batch_index and self._allowance.allows()
        if self._looks:
            self._look("load")

    def watch(self) -> Watch | None:
        """Looks whenever a tensor is there."""
        return InPieces(self._seen) if self._looks else None

    def _seen(self, node: str, what: str, array: Array) -> None:
        self._look("forward" if what in ("forward", "logarithm") else "backward")

    def step_end(self, step: StepRecord) -> None:
        """Looks at what the update left, and no more until the next epoch."""
        if self._looks and "update" in step.result.seconds:
            self._look("update")
        self._looks = False

    def _look(self, phase: str) -> None:
        if self._phases is not None:
            with self._allowance.spent():
                self._phases.look(phase)
