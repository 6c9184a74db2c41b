"""How much of a run its gradient checks may take, and which form of check that pays for."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Final, Literal

from nnlab.checks.directions import by_kind, by_layer, check_directions
from nnlab.checks.gradients import GradientReport, check_gradients
from nnlab.checks.probe import PROBE_SAMPLES, Probe
from nnlab.core.rng import Rng

Form = Literal["parameters", "layers", "kinds"]
"""What a check gives a verdict on: every parameter by coordinates and a direction of its own; every layer, or all
parameters of a kind, along one direction that moves them together, on few samples."""

FREE_SECONDS: Final = 3.0
"""A check may always take this long: small networks are checked parameter by parameter, however short the run."""

FEW_SAMPLES: Final = 4
"""Of the batch, where directions are all that can be paid for."""

PASSES_OF_A_PARAMETER: Final = 8
PASSES_OF_A_DIRECTION: Final = 3
"""Passes through the network: two for each line, more where a step is not the best at once."""

STEP_IN_PASSES: Final = 1.5
"""A training step on as many samples, in passes of the check: three passes forward in half the precision."""


@dataclass(frozen=True)
class Budget:
    """What the checks of a run may take together.

    Options:  share: of the run's time.  epochs, interval: the run's, and from one check to the next.
              samples: of one epoch.
    """

    share: float
    epochs: int
    interval: int
    samples: int

    def seconds(self, pass_s: float, probed: int) -> float:
        """For one check, where a pass on `probed` samples takes `pass_s`: the run's length follows from that."""
        run_s = self.epochs * self.samples * STEP_IN_PASSES * pass_s / max(1, probed)
        return max(FREE_SECONDS, self.share * run_s / ceil(self.epochs / self.interval))


def check_within(
    budget: Budget, probe_of: Callable[[int], Probe], rng: Rng, samples: int
) -> tuple[Form, GradientReport]:
    """The most thorough gradient check that the budget pays for, and its form.

    Time is the processor's, of this thread: a busy machine does not change what is checked.

    Options:  probe_of: makes a probe of at most so many samples.  samples: of the batch.
    """
    probed = min(samples, PROBE_SAMPLES)
    probe, pass_s = _timed(probe_of, probed)
    allowed = budget.seconds(pass_s, probed)
    if PASSES_OF_A_PARAMETER * len(probe.parameters) * pass_s > allowed:
        pass_s = min(pass_s, _pass(probe))  # the first pass on a device, or of a compiled network, is no measure
        allowed = budget.seconds(pass_s, probed)
    if PASSES_OF_A_PARAMETER * len(probe.parameters) * pass_s <= allowed:
        return "parameters", check_gradients(probe, rng)
    probe, pass_s = _timed(probe_of, FEW_SAMPLES)
    layers = by_layer(probe.parameters)
    if PASSES_OF_A_DIRECTION * len(layers) * pass_s <= allowed:
        return "layers", check_directions(probe, rng, layers)
    return "kinds", check_directions(probe, rng, by_kind(probe.parameters))


def _timed(probe_of: Callable[[int], Probe], samples: int) -> tuple[Probe, float]:
    """A probe, and how long a pass takes it."""
    probe = probe_of(samples)
    return probe, _pass(probe)


def _pass(probe: Probe) -> float:
    began = time.thread_time()
    probe.value()
    return time.thread_time() - began
