"""Holds the gradient against differences every so many epochs, before the epoch's first step."""

import time
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import numpy as np

from nnlab.checks.budget import Budget, Checked, Form, check_within
from nnlab.checks.gradients import GradientReport
from nnlab.checks.reaction import Reaction, react
from nnlab.core.errors import CheckError
from nnlab.kernels.threads import one_blas_thread
from nnlab.training.callback import Callback, Run, tell_check
from nnlab.training.record import Step


@dataclass(eq=False)
class GradientChecks(Callback):
    """A gradient check in epochs 1, 1 + interval, 1 + 2 interval, ..., on the batch that is about to be learnt.

    It works on a float64 copy with streams of its own: a run with it equals a run without, bit for bit.

    Options:  interval: epochs from one check to the next, at least 1.
              budget: the share of the run's time that all checks may take. A network too large for a verdict on every
                  parameter gets one on every layer or kind of parameter, from few samples; `form` says which.
    """

    reaction: Reaction = "exception"
    interval: int = 25
    budget: float = 0.1
    _: KW_ONLY
    checks: int = field(default=0, init=False)
    worst_distance: float = field(default=0.0, init=False)
    failed: int = field(default=0, init=False)
    form: Form = field(default="parameters", init=False)
    _run: Run | None = field(default=None, init=False, repr=False)

    def run_start(self, run: Run) -> None:
        """Remembers whom to tell."""
        self._run = run

    def step_start(self, step: Step) -> None:
        """Checks the first step of an epoch whose turn it is."""
        if self.reaction == "off" or step.batch_index or (step.epoch - 1) % self.interval:
            return
        with np.errstate(all="ignore"), one_blas_thread():  # values that are not finite are the other check's to report
            self.form, report = check_within(self._budget(step), _checked(step), step.rng.at("gradient check"))
        self.checks += 1
        self.worst_distance = max(self.worst_distance, report.worst_distance)
        self.failed += len(report.failed)
        self._tell(step, report)
        if report.failed:
            worst = max(report.failed, key=lambda verdict: verdict.distance)
            more = f"; {len(report.failed) - 1} more parameters are wrong too" if len(report.failed) > 1 else ""
            error = CheckError(
                f"the gradient is wrong: {worst}{more}",
                where=f"epoch {step.epoch}, step {step.step}",
                hint="find the component with `nnlab check`; --gradient-checks=warning trains on all the same",
            )
            react(self.reaction, error)

    def _budget(self, step: Step) -> Budget:
        samples = len(self._run.data.training) if self._run else len(step.batch)
        return Budget(self.budget, step.epochs, self.interval, samples)

    def _tell(self, step: Step, report: GradientReport) -> None:
        for verdict in report.verdicts:
            tell_check(self._run, step, verdict.record())

    def state(self) -> dict[str, Any]:
        """What it counted."""
        return {"checks": self.checks, "worst_distance": self.worst_distance, "failed": self.failed, "form": self.form}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Counts on."""
        self.checks, self.failed = state.get("checks", 0), state.get("failed", 0)
        self.worst_distance, self.form = state.get("worst_distance", 0.0), state.get("form", "parameters")

    def summary(self) -> dict[str, Any]:
        """For the run's summary: checks made, the worst distance (None before the first), parameters found wrong, and
        what the last one gave a verdict on."""
        return {
            "run": self.checks,
            "worst_distance": self.worst_distance if self.checks else None,
            "failed": self.failed,
            "form": self.form,
        }


def _checked(step: Step) -> Checked:
    """The learner on the step's batch. Time is the processor's, of this thread: a busy machine changes no check."""
    batch, learner = step.batch, step.learner

    def pass_s(samples: int) -> float:
        some = batch.take(range(samples))
        began = time.thread_time()
        learner.evaluate(some)
        return time.thread_time() - began

    return Checked(
        learner.held(), len(batch), pass_s, lambda most: learner.probe(batch, rng=step.rng, max_samples=most)
    )
