"""Reconstruction: the picture itself is the target, whatever is done to the input."""

import numpy as np

from nnlab.core.heads import OUTPUT
from nnlab.core.pictures import Pictures
from nnlab.losses.binary_cross_entropy import BinaryCrossEntropy
from nnlab.losses.mean_squared_error import MeanSquaredError
from nnlab.metrics.pictures import PictureError
from nnlab.tasks.reconstruction import Reconstruction

PIXELS = np.array([[[[0], [51]], [[102], [255]]]], np.uint8)  # one picture of 2 x 2


def test_targets_are_the_pictures_in_the_shape_of_the_head() -> None:
    task, truths = Reconstruction(), Pictures(PIXELS)
    row = task.targets(truths, {OUTPUT: (4,)})[OUTPUT].value
    np.testing.assert_allclose(row, [[0, 0.2, 0.4, 1]], rtol=1e-6)  # float32
    assert task.targets(truths, {OUTPUT: (2, 2, 1)})[OUTPUT].value.shape == (1, 2, 2, 1)
    assert task.heads(("pixels",), (4,))[OUTPUT].shape == (4,)
    head = task.heads(("pixels",), (2, 2, 1))[OUTPUT]
    assert head.fits((2, 2, 1), (2, 2, 1)) and not head.fits((1, 1, 1), (2, 2, 1))


def test_outputs_are_read_as_the_loss_takes_them() -> None:
    outputs = {OUTPUT: np.array([[0.0, np.log(3.0), -np.log(3.0), 1000.0]])}
    plain = Reconstruction().suited(MeanSquaredError())
    assert plain.answers(outputs).array() is outputs[OUTPUT] and plain.record == {"log_odds": False}
    odds = Reconstruction().suited(BinaryCrossEntropy())
    np.testing.assert_allclose(odds.answers(outputs).array(), [[0.5, 0.75, 0.25, 1]], rtol=1e-15)
    again = Reconstruction().restored(odds.record)
    np.testing.assert_array_equal(again.answers(outputs).array(), odds.answers(outputs).array())


def test_what_is_farthest_off_is_the_worst_and_the_guess_is_the_mean() -> None:
    truths = Pictures(np.array([[[[0]]], [[[255]]], [[[51]]]], np.uint8))
    answers = Pictures(np.array([[0.5], [1.0], [np.nan]]))
    assert Reconstruction().mistakes(answers, truths).tolist() == [0.25, 0, np.inf]
    np.testing.assert_allclose(Reconstruction().guesses(truths).array(), 0.4, rtol=1e-6)
    assert [*Reconstruction().metrics(PictureError())] == ["mse", "psnr"]
