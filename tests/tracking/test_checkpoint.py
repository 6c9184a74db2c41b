import math

import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.tracking.checkpoint import read_checkpoint, write_checkpoint
from nnlab.tracking.weights import write_weights
from nnlab.training.record import Score


def test_everything_comes_back_as_it_was_to_the_last_bit(tmp_path, made):
    odd = made.epoch(2, loss=math.inf, dev=Score(math.nan, {"accuracy": 1 / 3}, 4))
    result = made.result(history=(made.epoch(1, loss=0.1 + 0.2), odd, made.epoch(3, dev=None)), steps=7)
    write_checkpoint(tmp_path / "c.safetensors", result.checkpoint, {"model": "NLayers"})
    read, about = read_checkpoint(tmp_path / "c.safetensors")
    assert about == {"model": "NLayers"}
    assert repr(read.history) == repr(result.checkpoint.history)  # repr: NaN is not equal to itself
    assert (read.steps, read.counts) == (7, result.checkpoint.counts)
    for name in ("state", "best_state", "optimizer_state"):
        one, other = getattr(read, name), getattr(result.checkpoint, name)
        assert list(one) == sorted(other)
        for tensor in one:
            assert (one[tensor].shape, one[tensor].dtype) == (other[tensor].shape, other[tensor].dtype)
            np.testing.assert_array_equal(one[tensor], other[tensor])


def test_before_the_first_epoch_s_end_there_is_no_history_and_no_best(tmp_path, made):
    result = made.result(history=(), best_state=None, best_epoch=None, steps=0)
    write_checkpoint(tmp_path / "c.safetensors", result.checkpoint)
    read, _ = read_checkpoint(tmp_path / "c.safetensors")
    assert (read.history, read.best_state, read.steps) == ((), None, 0)


def test_other_weights_are_no_checkpoint(tmp_path):
    write_weights(tmp_path / "c.safetensors", {"dense_1.weight": np.ones(2)})
    with pytest.raises(DataError, match="is no checkpoint"):
        read_checkpoint(tmp_path / "c.safetensors")


def test_figures_come_back_in_their_order_the_first_of_which_judges(tmp_path, made):
    figures = {"rmse": 2.5, "mae": 0.1 + 0.2, "r2": math.nan}
    history = (made.epoch(1, dev=None), made.epoch(2, dev=Score(0.5, figures, 4)))
    write_checkpoint(tmp_path / "c.safetensors", made.result(history=history).checkpoint)
    first, second = read_checkpoint(tmp_path / "c.safetensors")[0].history
    assert first.dev is None and first.training.figures == {"accuracy": 0.875}
    assert list(second.dev.figures) == ["rmse", "mae", "r2"] and second.dev.figure == 2.5
    assert repr(second.dev) == repr(history[1].dev)
