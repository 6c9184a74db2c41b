"""Parts of an experiment: what two runs of one experiment may not share."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.data.pipeline import survey
from nnlab.experiment.build import build, graph
from nnlab.experiment.config import resolve
from nnlab.experiment.sources import from_flags
from nnlab.layers.batch_norm import BatchNorm


def test_a_second_run_of_an_experiment_starts_as_the_first_did(
    repository: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    experiment = resolve(from_flags({"dataset": "colors", "model": "NLayers", "layers": (4,), "resize": (8, 8)}))
    weights = []
    for _ in range(2):
        parts = build(experiment)
        batch = next(iter(parts.data.training.batches(0)))
        parts.learner.learn(batch, rng=Rng(0), epoch=0, epochs=1)
        parts.learner.learn(batch, rng=Rng(0).at(1), epoch=0, epochs=1)
        weights.append(parts.learner.state())
    for name, first in weights[0].items():
        np.testing.assert_array_equal(weights[1][name], first, err_msg=name)


@pytest.mark.parametrize(
    ("flags", "momentum"),
    [
        ({}, 0.0),
        ({"max_minibatch_size": 10}, 0.9),
        ({"noise_intensity": 0.1}, 0.9),
        ({"batch_norm_momentum": 0.7}, 0.7),
    ],
)
def test_batch_norm_knows_whether_a_step_sees_every_sample(blobs: Path, flags: dict[str, Any], momentum: float) -> None:
    said = {"datasets_path": str(blobs), "dataset": "blobs", "model": "NLayers", "resize": (12, 12), **flags}
    experiment = resolve(from_flags(said))
    network = graph(experiment, survey(experiment.data))
    norms = [node.layer for node in network.nodes if isinstance(node.layer, BatchNorm)]
    assert {norm.momentum for norm in norms} == {momentum}


def test_a_layer_to_follow_that_is_not_there_is_refused_with_near_names(blobs: Path) -> None:
    said = {"datasets_path": str(blobs), "dataset": "blobs", "model": "NLayers", "track_layer": ("dens_1,2",)}
    with pytest.raises(UsageError, match="did you mean dense_1"):
        build(resolve(from_flags(said)))
