import numpy as np
import pytest

from nnlab.training.callbacks.track_layers import TrackLayers


class Columns:
    """Gives a node (batch, 3) outputs that grow with the steps that were taken, and weights of known length."""

    def __init__(self, learner, weight):
        self.learner, self.backprop = learner, learner.backprop
        learner.backprop, learner.state = (
            self._backprop,
            lambda: {"weight": learner.weight.copy(), "dense_1.weight": weight},
        )

    def _backprop(self, batch, *, watch=None, **options):
        if watch is not None:
            outputs = np.float32([[1, 10, 100], [3, 10, 300]]) + self.learner.weight
            watch("dense_1", "forward", outputs)
            watch("dense_1", "backward", outputs * 9)
            watch("relu_1", "forward", outputs * 9)
        return self.backprop(batch, watch=None, **options)


def tracked(scripted, units, weight, **options):
    told = []
    trainer = scripted(accuracy=[0.5], callbacks=[TrackLayers(units, told.append)], **options)
    Columns(trainer.learner, np.float32(weight))
    trainer.run()
    return told


def test_each_epoch_s_first_step_gives_mean_spread_and_length_of_weights(scripted):
    told = tracked(scripted, {"dense_1": 2}, [[3, 1, 0], [4, 0, 0]], epochs=2, sizes=[10, 10])
    shared = {"layer": "dense_1"}
    assert told == [
        {"epoch": 1, "unit": 0, "mean": 2.0, "deviation": 1.0, "weight_norm": 5.0} | shared,
        {"epoch": 1, "unit": 1, "mean": 10.0, "deviation": 0.0, "weight_norm": 1.0} | shared,
        {"epoch": 2, "unit": 0, "mean": 4.0, "deviation": 1.0, "weight_norm": 5.0} | shared,
        {"epoch": 2, "unit": 1, "mean": 12.0, "deviation": 0.0, "weight_norm": 1.0} | shared,
    ]


def test_a_layer_without_a_column_of_weights_per_unit_has_no_length(scripted):
    (row,) = tracked(scripted, {"dense_1": 1}, [[3, 4]], epochs=1)
    assert row["weight_norm"] is None
    (row,) = tracked(scripted, {"relu_1": 1}, [[3, 4, 5]], epochs=1)
    assert (row["layer"], row["mean"], row["weight_norm"]) == ("relu_1", 18.0, None)


def test_an_epoch_that_is_not_whole_tells_nothing(scripted):
    def interrupt(step):
        if step == 4:
            raise KeyboardInterrupt

    told = tracked(scripted, {"dense_1": 1}, [[1, 1, 1]], epochs=3, sizes=[10, 10], on_learn=interrupt)
    assert [row["epoch"] for row in told] == [1]


@pytest.mark.filterwarnings("error")
def test_values_that_are_not_finite_are_told_as_they_are(scripted):
    told = tracked(scripted, {"dense_1": 1}, [[np.inf, 1, 1]], epochs=1)
    assert told[0]["weight_norm"] == np.inf
