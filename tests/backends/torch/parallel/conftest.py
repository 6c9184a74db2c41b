"""Two processes that train together: this one leads, the other is started once for a file of tests."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.core.batch import Batch
from nnlab.experiment.build import build
from nnlab.experiment.config import resolve
from nnlab.experiment.followers import Followers
from nnlab.experiment.sources import from_flags
from nnlab.experiment.together import begin

SIZE = 2


@pytest.fixture(scope="module")
def team(torch_installed: None) -> Iterator[Any]:
    """The processes, as the leader has them."""
    from nnlab.backends.torch.parallel.team import Team

    with Followers(SIZE) as followers:
        team = Team(0, SIZE, followers.connect, followers.gone)
        try:
            yield team
        finally:
            team.leave()


@pytest.fixture(scope="module")
def pair(team: Any, blobs: Path) -> Callable[..., tuple[Any, Any, Any]]:
    """pair(**settings): two learners of equal weights, one alone and one with others, and the data of an experiment."""

    def made(**settings: Any) -> tuple[Any, Any, Any]:
        plain = {"datasets_path": str(blobs), "dataset": "blobs", "resize": "8,8", "backend": "torch", "threads": 1}
        experiment = resolve(from_flags({**plain, "device": "cpu", "dtype": "float64", **settings}))
        alone, parts = build(experiment), build(experiment, team=team)
        begin(experiment, parts, team)
        return alone.learner, parts.learner, parts.data

    return made


@pytest.fixture
def some() -> Callable[..., Batch]:
    """some(data, samples, seed=0): samples of the training partition, drawn, with the targets that they have there."""

    def drawn(data: Any, samples: int, seed: int = 0) -> Batch:
        (whole,) = data.training.at_most(10_000).batches()
        return whole.take(np.random.default_rng(seed).choice(len(whole), samples, replace=samples > len(whole)))

    return drawn
