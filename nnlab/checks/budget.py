"""How much of a run its gradient checks may take, and which form of check that pays for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final, Literal

from nnlab.checks.directions import by_kind, by_layer, check_directions
from nnlab.checks.gradients import GradientReport, check_gradients
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.models.probe import PROBE_SAMPLES, Probe

Form = Literal["parameters", "layers", "kinds", "network"]
"""What a check gives a verdict on: every parameter, by coordinates and a direction of its own; every layer, or all
parameters of a kind, or all there are, along one direction that moves them together, on few samples."""

FREE_SECONDS: Final = 3.0
"""A check may always take this long: small networks are checked parameter by parameter, however short the run."""

FEW_SAMPLES: Final = 4
"""Of the batch, where directions are all that can be paid for."""

TWO_SAMPLES: Final = 2
"""The fewest that batch statistics are of: where one direction over the whole network is all."""

FIRST_PASSES: Final = 5
"""To make a probe, its value, and its gradient, which takes as long as three passes forward."""

PASSES_OF_A_PARAMETER: Final = 8
PASSES_OF_A_DIRECTION: Final = 3
"""Two for each line, more where a step is not the best at once."""

DOUBLE: Final = 2.0
"""How much longer a pass of a check takes than one of the run, in twice the precision."""

STEP_IN_PASSES: Final = 3.0
"""A training step, in passes forward of the run."""


ELEMENT_S: Final = 2e-8
"""Seconds to copy an element of a parameter, to draw its direction and to move it along: of millions of them, as long
as some passes."""


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

    def seconds(self, sample_s: float) -> float:
        """For one check, where a sample takes `sample_s` forward: how long the run lasts follows from that."""
        run_s = self.epochs * self.samples * STEP_IN_PASSES * sample_s
        return max(FREE_SECONDS, self.share * run_s / ceil(self.epochs / self.interval))


@dataclass(frozen=True)
class Checked:
    """A network that is to be checked.

    Options:  values: its values by name, buffers perhaps among them.  samples: of the batch at hand.
              pass_s: the seconds that a pass forward on so many of them takes.  probe: a probe of at most so many.
    """

    values: Mapping[str, Array]
    samples: int
    pass_s: Callable[[int], float]
    probe: Callable[[int], Probe]


def form_within(budget: Budget, network: Checked) -> Form:
    """The most thorough form of check that the budget pays for; "network" where it pays for none."""
    few = min(network.samples, FEW_SAMPLES)
    first_s = network.pass_s(few)
    form = _paid(budget, network, first_s / few, spent_s=first_s)
    if form != "parameters":  # the first pass on a device, or of a compiled network, is no measure
        second_s = min(first_s, network.pass_s(few))
        form = _paid(budget, network, second_s / few, spent_s=2 * second_s)
    return form


def _paid(budget: Budget, network: Checked, sample_s: float, *, spent_s: float) -> Form:
    probed, few = (min(network.samples, most) for most in (PROBE_SAMPLES, FEW_SAMPLES))
    costs: dict[Form, float] = {
        "parameters": probed * (FIRST_PASSES + PASSES_OF_A_PARAMETER * len(network.values)),
        "layers": few * (FIRST_PASSES + PASSES_OF_A_DIRECTION * len(by_layer(network.values))),
        "kinds": few * (FIRST_PASSES + PASSES_OF_A_DIRECTION * len(by_kind(network.values))),
    }
    elements = sum(value.size for value in network.values.values())
    allowed = budget.seconds(sample_s) - spent_s - elements * ELEMENT_S
    return next((form for form, passes in costs.items() if passes * DOUBLE * sample_s <= allowed), "network")


def check_within(budget: Budget, network: Checked, rng: Rng) -> tuple[Form, GradientReport]:
    """The most thorough gradient check that the budget pays for, and its form."""
    form = form_within(budget, network)
    probe = network.probe({"parameters": PROBE_SAMPLES, "network": TWO_SAMPLES}.get(form, FEW_SAMPLES))
    if form == "parameters":
        return form, check_gradients(probe, rng)
    names = probe.parameters
    groups = {"layers": by_layer, "kinds": by_kind}[form](names) if form != "network" else {"all parameters": [*names]}
    return form, check_directions(probe, rng, groups)
