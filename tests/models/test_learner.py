"""What a batch is of a step that learns from several."""

import numpy as np

from nnlab.core.batch import Batch
from nnlab.models.learner import WHOLE, Part, StepResult, parts
from nnlab.testing.batches import labelled


def batch(samples: int) -> Batch:
    return labelled(np.zeros((samples, 2)), np.zeros((samples, 3)), [""] * samples)


def test_every_sample_of_a_step_counts_the_same() -> None:
    assert parts([batch(6), batch(6), batch(3)]) == [Part(0.4, True), Part(0.4, False), Part(0.2, False)]


def test_one_batch_is_the_whole_step() -> None:
    assert parts([batch(7)]) == [WHOLE]


def test_a_result_takes_the_seconds_of_later_phases() -> None:
    result = StepResult(1.0, 0.5, np.zeros(1), {"forward": 2.0})
    assert result.lasting({"update": 3.0}).seconds == {"forward": 2.0, "update": 3.0}
    assert result.seconds == {"forward": 2.0}
