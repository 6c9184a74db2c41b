"""Which check a run pays for: thorough where that is quick, along few directions where it is not."""

import dataclasses

import numpy as np
import pytest

from nnlab.checks.budget import FREE_SECONDS, Budget, Checked, check_within, form_within
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.hand_probe import HandProbe
from nnlab.models.n_layers import NLayers
from nnlab.models.objective import Objective
from nnlab.testing.batches import labelled, one_head


def probe(samples: int) -> HandProbe:
    x, targets = Rng(3).generator().random((samples, 50)), np.eye(4)[np.arange(samples) % 4]
    graph = NLayers(layers=(30, 20)).graph((50,), one_head(4)).build((50,), rng=Rng(0), dtype=np.float64)
    objective = Objective(graph, CrossEntropy(), None)
    return HandProbe(objective, labelled(x, targets, [str(i) for i in range(samples)]), rng=Rng(1))


def network(pass_s, made: list[int], samples: int = 64) -> Checked:
    """9 parameters in 6 layers, of 2 kinds."""

    def made_of(most: int) -> HandProbe:
        made.append(most)
        return probe(most)

    return Checked(probe(2).parameters, samples, pass_s, made_of)


def test_a_share_of_the_run_is_dealt_to_its_checks() -> None:
    """100 epochs of 2,400 samples, three passes of 0.1 s each: 72,000 s; a tenth of it over 4 checks."""
    assert Budget(0.1, 100, 25, 2400).seconds(0.1) == pytest.approx(1800)
    assert Budget(0.1, 1, 25, 4).seconds(0.1) == FREE_SECONDS


@pytest.mark.parametrize(
    ("sample_s", "share", "form", "made"),
    [
        (0.0001, 0.0, "parameters", [24]),  # free: 24 samples, 77 passes of double precision in 0.4 seconds
        (1.0, 1.0, "parameters", [24]),
        (0.01, 0.0, "layers", [4]),  # 4 samples, 23 passes: 1.8 seconds
        (0.03, 0.0, "kinds", [4]),  # 4 samples, 11 passes: 2.6 seconds
        (1.0, 0.0, "network", [2]),
    ],
)
def test_the_most_thorough_form_that_is_paid_for(sample_s, share, form, made) -> None:
    asked = list[int]()
    found, report = check_within(
        Budget(share, 100, 25, 2400), network(lambda samples: samples * sample_s, asked), Rng(2)
    )
    assert (found, asked) == (form, made)
    assert report.verdicts and not report.failed


def test_a_first_pass_that_is_slow_only_once_is_no_measure() -> None:
    """As on a CUDA device, or of a network that its first pass compiles."""
    taken = iter([20.0, 0.0001])
    assert form_within(Budget(0.0, 1, 25, 24), network(lambda samples: next(taken), [])) == "parameters"


@pytest.mark.parametrize(
    ("share", "elements", "form"),
    [
        (0.00107, 0, "layers"),  # of 19.26 seconds, 18.4 for 4 samples and 23 passes, and 0.8 for those that measure
        (0.00105, 0, "kinds"),  # 18.9 seconds
        (0.00107, 10**7, "kinds"),  # 0.2 seconds are for moving them
        (0.00107, 10**9, "network"),  # 20 seconds
    ],
)
def test_passes_that_measure_and_elements_that_are_moved_are_paid_for_too(share, elements, form) -> None:
    """100 epochs of 2,400 samples of 0.1 s, four checks: each a share of 18,000 s. Two passes of 4 samples measure."""
    named = probe(2).parameters
    held = network(lambda samples: samples * 0.1, [])
    more = {"dense_1.weight": np.broadcast_to(np.float32(0), (elements,))}
    checked = dataclasses.replace(held, values={**named, **(more if elements else {})})
    assert form_within(Budget(share, 100, 25, 2400), checked) == form
