"""Which check a run pays for: thorough where that is quick, along few directions where it is not."""

import numpy as np
import pytest

from nnlab.backends.numpy.probe import NumpyProbe
from nnlab.checks import budget
from nnlab.checks.budget import FREE_SECONDS, Budget, check_within
from nnlab.core.batch import Batch
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.n_layers import NLayers
from nnlab.models.objective import Objective


def probe(samples: int) -> NumpyProbe:
    x, targets = Rng(3).generator().random((samples, 50)), np.eye(4)[np.arange(samples) % 4]
    graph = NLayers(layers=(30, 20)).graph((50,), 4).build((50,), rng=Rng(0), dtype=np.float64)
    objective = Objective(graph, CrossEntropy().of(graph.emits), None)
    return NumpyProbe(objective, Batch(x, targets, [str(i) for i in range(samples)]), rng=Rng(1))


def test_a_share_of_the_run_is_dealt_to_its_checks() -> None:
    """100 epochs of 2,400 samples, 1.5 passes of 24 samples a step, 2 s a pass: 30,000 s; a tenth over 4 checks."""
    assert Budget(0.1, 100, 25, 2400).seconds(2.0, 24) == pytest.approx(750)
    assert Budget(0.1, 1, 25, 24).seconds(2.0, 24) == FREE_SECONDS


@pytest.mark.parametrize(
    ("pass_s", "share", "form", "made"),
    [
        (0.001, 0.0, "parameters", [24]),  # free: 9 parameters in 8 passes each take less than three seconds
        (1.0, 1.0, "parameters", [24]),
        (0.4, 0.0, "layers", [24, 4]),
        (4.0, 0.0, "kinds", [24, 4]),
    ],
)
def test_the_most_thorough_form_that_is_paid_for(monkeypatch, pass_s, share, form, made) -> None:
    """The network has 9 parameters in 6 layers. Few samples are told to take a tenth of a pass."""
    asked = list[int]()

    def timed(probe_of, samples):
        asked.append(samples)
        return probe_of(samples), pass_s * (1 if samples == 24 else 0.1)

    monkeypatch.setattr(budget, "_timed", timed)
    monkeypatch.setattr(budget, "_pass", lambda probe: pass_s)
    found, report = check_within(Budget(share, 100, 25, 2400), probe, Rng(2), 64)
    assert (found, asked) == (form, made)
    assert report.verdicts and not report.failed


def test_a_first_pass_that_is_slow_only_once_is_no_measure(monkeypatch) -> None:
    """As on a CUDA device, or of a network that its first pass compiles."""
    monkeypatch.setattr(budget, "_timed", lambda probe_of, samples: (probe_of(samples), 5.0))
    monkeypatch.setattr(budget, "_pass", lambda probe: 0.001)
    assert check_within(Budget(0.0, 1, 25, 24), probe, Rng(2), 24)[0] == "parameters"
