"""Rounding that a network multiplies: it is measured, right gradients pass in spite of it, wrong ones do not."""

import numpy as np
import pytest

from nnlab.checks.directions import ManyLine, check_directions
from nnlab.checks.gradients import TARGET, THRESHOLD
from nnlab.checks.line import ROUNDING, DirectionLine, Line, difference
from nnlab.checks.noise import deviation
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.hand_probe import HandProbe
from nnlab.models.n_layers import NLayers
from nnlab.models.objective import Objective
from nnlab.testing.batches import labelled, one_head
from tests.checks.planted_probe import PlantedProbe


class Along(Line):
    """A number that is moved, and f = (1 + x)^2 / 2 + noise there; the slope at 0 is 1."""

    def __init__(self, sigma: float, slope: float = 1.0):
        self.slope, self.sigma, self.at, self._chance = slope, sigma, 0.0, np.random.default_rng(0)

    def move(self, step: float) -> float:
        self.at = step
        return step

    def objective(self) -> float:
        return (1 + self.at) ** 2 / 2 + self.sigma * self._chance.standard_normal()


@pytest.mark.parametrize("sigma", [1e-13, 1e-10, 1e-6])
def test_the_deviation_of_noise_is_found_however_steep_the_objective(sigma: float) -> None:
    line = Along(sigma)
    found = [deviation(line.move, line.objective, sigma) for _ in range(50)]
    assert np.median(found) == pytest.approx(sigma, rel=0.2) and max(found) < 3 * sigma


def test_what_is_smooth_has_none_but_its_own_rounding() -> None:
    line = Along(0.0)
    assert deviation(line.move, line.objective, 1e-7) < 1e-14  # a second difference is 1e-14 here
    assert deviation(line.move, lambda: float("nan"), 1e-7) == np.inf


@pytest.mark.parametrize("sigma", [0.0, 1e-15, 1e-13, 3e-12])
def test_a_right_slope_passes_in_spite_of_noise_and_a_wrong_one_does_not(sigma: float) -> None:
    right, wrong = Along(sigma), Along(sigma, slope=1.01)
    assert difference(right, right.objective, 0.5, TARGET, THRESHOLD).distance <= THRESHOLD
    assert difference(wrong, wrong.objective, 0.5, TARGET, THRESHOLD).distance > THRESHOLD
    assert right.at == wrong.at == 0


def test_an_objective_that_is_another_every_time_is_no_matter_of_rounding() -> None:
    """As masks of dropout make it that are drawn anew."""
    line = Along(1e-4)
    assert difference(line, line.objective, 0.5, TARGET, THRESHOLD).distance > THRESHOLD


def deep(seed: int) -> HandProbe:
    """Sixteen layers that each normalise three values: rounding comes out of them a hundred times larger."""
    generator = np.random.default_rng(seed)
    graph = NLayers(layers=(16,) * 16, activation="ReLU").graph((20,), one_head(4))
    graph.build((20,), rng=Rng(seed), dtype=np.float64)
    batch = labelled(generator.random((3, 20)), np.eye(4)[generator.integers(4, size=3)], ["a", "b", "c"])
    return HandProbe(Objective(graph, CrossEntropy(), None), batch, rng=Rng(1))


@pytest.mark.parametrize("seed", [3, 18, 21, 30, 36])
def test_a_deep_network_of_three_samples_is_not_called_wrong(seed: int) -> None:
    probe = deep(seed)
    found = check_directions(probe, Rng(seed), {"all parameters": [*probe.parameters]})
    assert not found.failed, [str(verdict) for verdict in found.failed]


@pytest.mark.parametrize("seed", [3, 18, 21])
def test_a_gradient_that_is_wrong_by_a_hundredth_is_still_named(seed: int) -> None:
    probe = PlantedProbe(deep(seed), "output.weight", 1.01)
    found = check_directions(probe, Rng(seed), {"all parameters": [*probe.parameters]})
    assert [verdict.parameter for verdict in found.failed] == ["output.weight"]


def test_its_rounding_is_more_than_is_assumed() -> None:
    """Else the two tests above would show nothing."""
    probe = deep(3)
    gradients, parameters = probe.gradients(), probe.parameters
    line = ManyLine([DirectionLine(parameters[n], gradients[n], Rng(3).at(n).generator()) for n in parameters])
    assert deviation(line.move, probe.value, 1e-13) > 10 * ROUNDING
    line.move(0.0)
