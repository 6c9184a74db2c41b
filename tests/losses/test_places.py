"""Losses of any shape, and places that count more than others."""

import numpy as np
import pytest

from nnlab.checks.gradients import check_gradients
from nnlab.checks.loss_checks import LossProbe
from nnlab.core.batch import Target
from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.rng import Rng
from nnlab.kernels.softmax import softmax
from nnlab.losses.base import LOSSES
from nnlab.losses.mean_squared_error import MeanSquaredError
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy

MAP = (3, 2, 4, 5)


def maps(cls, shape=MAP):
    """Predictions of the sort that a loss takes for every place of a map, and one class for each.

    Of a loss that takes so many values at a place and no others, those; of any other as many as `shape` says.
    """
    shape = (*shape[:-1], cls.channels or shape[-1])
    generator = np.random.default_rng(1)
    logits = generator.standard_normal(shape)
    wanted = np.eye(shape[-1])[generator.integers(shape[-1], size=shape[:-1])]
    if cls.takes[0] == "vectors":  # whose targets are identities
        return logits, wanted.argmax(axis=-1)[..., np.newaxis].astype(float)
    forms = {"probabilities": softmax, "cosines": np.tanh}
    return forms.get(cls.takes[0], np.asarray)(logits), wanted


@pytest.mark.parametrize("cls", [cls for cls in LOSSES if cls.placewise], ids=lambda cls: cls.__name__)
def test_a_map_is_the_mean_of_its_places(cls):
    predicted, wanted = maps(cls)
    loss, gradient = make(cls, {})(predicted, Target(wanted), Context())
    channels = predicted.shape[-1]
    flat = predicted.reshape(-1, channels), Target(wanted.reshape(-1, channels))
    rows, rows_gradient = make(cls, {})(*flat, Context())
    assert loss == rows
    np.testing.assert_array_equal(gradient, rows_gradient.reshape(predicted.shape))


@pytest.mark.parametrize("cls", [cls for cls in LOSSES if cls.separable], ids=lambda cls: cls.__name__)
def test_a_weight_of_two_is_the_place_twice_and_of_none_is_no_place(cls):
    predicted, wanted = maps(cls, (3, 5))
    weighed, gradient = make(cls, {})(predicted, Target(wanted, np.array([[2.0], [0.0], [1.0]])), Context())
    twice = [0, 0, 2]
    counted, counted_gradient = make(cls, {})(predicted[twice], Target(wanted[twice]), Context())
    assert weighed == pytest.approx(counted, rel=1e-14)
    np.testing.assert_allclose(gradient[0], counted_gradient[0] + counted_gradient[1], rtol=1e-13, atol=1e-16)
    np.testing.assert_array_equal(gradient[1], 0)


@pytest.mark.parametrize("cls", [*LOSSES], ids=lambda cls: cls.__name__)
def test_the_gradient_of_a_weighted_map_is_that_of_its_mean(cls):
    predicted, wanted = maps(cls)
    weight = np.random.default_rng(2).random((*MAP[:-1], 1))
    report = check_gradients(LossProbe(make(cls, {}), predicted, Target(wanted, weight)), Rng(3), coordinates=8)
    assert not report.failed


@pytest.mark.parametrize("cls", [*LOSSES], ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("shape", [(3, 1, 1, 1), (1, 2, 4, 1), (4, 1), ()], ids=str)
def test_weights_of_any_shape_that_fits_are_those_of_every_place(cls, shape):
    predicted, wanted = maps(cls)
    weight = np.asarray(0.5 + np.random.default_rng(3).random(shape))
    loss, gradient = make(cls, {})(predicted, Target(wanted, weight), Context())
    whole = np.ascontiguousarray(np.broadcast_to(weight, (*MAP[:-1], 1)))
    every, every_gradient = make(cls, {})(predicted, Target(wanted, whole), Context())
    assert loss == every
    np.testing.assert_array_equal(gradient, every_gradient)


@pytest.mark.parametrize("cls", [*LOSSES], ids=lambda cls: cls.__name__)
def test_what_is_predicted_at_a_place_without_weight_does_not_matter(cls):
    predicted, wanted = maps(cls)
    weight = np.ones((*MAP[:-1], 1))
    weight[:, 0, 1:] = 0
    loss, gradient = make(cls, {})(predicted, Target(wanted, weight), Context())
    other = predicted.copy()
    other[:, 0, 1:] = np.roll(other[:, 0, 1:], 1, axis=-1)
    assert make(cls, {})(other, Target(wanted, weight), Context())[0] == loss
    np.testing.assert_array_equal(gradient[:, 0, 1:], 0)


def test_by_hand():
    predicted, wanted = np.array([[[1.0], [4.0]]]), np.array([[[0.0], [0.0]]])
    loss, gradient = MeanSquaredError()(predicted, Target(wanted, np.array([[[3.0], [1.0]]])), Context())
    assert loss == (3 * 1 + 1 * 16) / 4
    np.testing.assert_array_equal(gradient, [[[2 * 1 * 3 / 4], [2 * 4 * 1 / 4]]])


def test_where_nothing_counts_the_loss_is_zero():
    loss, gradient = SoftmaxCrossEntropy()(np.ones((2, 3)), Target(np.eye(3)[:2], np.zeros((2, 1))), Context())
    assert loss == 0
    np.testing.assert_array_equal(gradient, 0)


def test_weights_of_another_shape_are_refused():
    with pytest.raises(ShapeError, match=r"weights \(5, 1\) must broadcast to \(2, 1\)"):
        SoftmaxCrossEntropy()(np.ones((2, 3)), Target(np.eye(3)[:2], np.ones((5, 1))), Context())


@pytest.mark.parametrize("cls", [loss for loss in LOSSES if loss.apart], ids=lambda cls: cls.__name__)
def test_channels_with_weights_of_their_own_are_places_of_one_channel(cls):
    chance = np.random.default_rng(5)
    predicted, wanted, weight = chance.standard_normal(MAP), chance.random(MAP), chance.integers(0, 3, MAP) / 2
    value, gradient = make(cls, {})(predicted, Target(wanted, weight), Context())
    alone = Target(wanted[..., np.newaxis], weight[..., np.newaxis])
    expected, other = make(cls, {})(predicted[..., np.newaxis], alone, Context())
    assert value == expected and np.array_equal(gradient, other[..., 0])
    assert not gradient[weight == 0].any()


def test_a_loss_that_takes_channels_together_refuses_weights_of_each():
    with pytest.raises(ShapeError, match=r"one for each place"):
        SoftmaxCrossEntropy()(np.zeros((2, 3)), Target(np.eye(3)[:2], np.ones((2, 3))), Context())
