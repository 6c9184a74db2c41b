import numpy as np
import pytest

from nnlab.core.errors import ShapeError, UsageError
from nnlab.layers.group_norm import GroupNorm


def test_two_groups_by_hand(built, training):
    layer = built(GroupNorm(groups=2, epsilon=1e-12), (1, 2, 4))
    layer.gamma.value[:], layer.beta.value[:] = [1, 2, 1, 1], [0, 0, 7, 0]
    x = np.array([[[[1.0, 3.0, 10.0, 30.0], [3.0, 1.0, 10.0, 30.0]]]])
    y, _ = layer.forward(x, ctx=training)
    # channels 0 and 1 have mean 2 and deviation 1, channels 2 and 3 mean 20 and deviation 10
    np.testing.assert_allclose(y, [[[[-1, 2, 6, 1], [1, -2, 6, 1]]]], rtol=1e-11)


@pytest.mark.parametrize("groups", [1, 2, 6])
def test_each_group_of_each_sample_is_standardised_by_itself(built, evaluation, groups):
    layer = built(GroupNorm(groups=groups), (3, 4, 6))
    x = np.random.default_rng(0).normal(5, 9, (7, 3, 4, 6)) * np.arange(1, 7)
    y, _ = layer.forward(x, ctx=evaluation)
    each = y.reshape(7, 12, groups, -1)
    np.testing.assert_allclose(each.mean(axis=(1, 3)), 0, atol=1e-13)
    np.testing.assert_allclose(each.std(axis=(1, 3)), 1, rtol=1e-6)  # the epsilon
    one, _ = layer.forward(x[3:4], ctx=evaluation)
    np.testing.assert_array_equal(one[0], y[3])


def test_what_moves_or_stretches_a_group_has_no_gradient(built, training):
    layer = built(GroupNorm(groups=2, epsilon=1e-12), (2, 3, 4))
    x = np.random.default_rng(0).standard_normal((3, 2, 3, 4))
    _, cache = layer.forward(x, ctx=training)
    (dx,) = layer.backward(np.random.default_rng(1).standard_normal(x.shape), cache, training)
    groups = (3, 6, 2, 2)
    np.testing.assert_allclose(dx.reshape(groups).sum(axis=(1, 3)), 0, atol=1e-13)
    np.testing.assert_allclose((dx * x).reshape(groups).sum(axis=(1, 3)), 0, atol=1e-10)  # but for the epsilon


def test_float32_survives_a_mean_far_from_zero(built, training):
    layer = built(GroupNorm(groups=2), (30, 30, 4), dtype=np.float32)
    x = (1e4 + np.random.default_rng(0).standard_normal((2, 30, 30, 4))).astype(np.float32)
    y, _ = layer.forward(x, ctx=training)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y.std(axis=(1, 2)), 1, atol=0.1)


def test_a_constant_group_stays_finite(built, training):
    layer = built(GroupNorm(groups=1), (2, 2, 3), dtype=np.float32)
    y, cache = layer.forward(np.full((2, 2, 2, 3), 7, np.float32), ctx=training)
    (dx,) = layer.backward(np.ones((2, 2, 2, 3), np.float32), cache, training)
    np.testing.assert_array_equal(y, np.zeros((2, 2, 2, 3)))
    assert np.isfinite(dx).all()


def test_groups_that_do_not_divide_are_refused(built):
    with pytest.raises(ShapeError) as error:
        built(GroupNorm(), (8, 8, 12))
    said = "GroupNorm.groups: 32 groups do not divide the 12 channels of (8, 8, 12); use one of 1, 2, 3, 4, 6, 12"
    assert str(error.value) == said


def test_groups_of_one_value_are_refused(built):
    with pytest.raises(ShapeError, match=r"4 groups of \(1, 1, 4\) have one value each, .*; use fewer groups"):
        built(GroupNorm(groups=4), (1, 1, 4))


@pytest.mark.parametrize("shapes", [((),), ((0, 4),), ((2,), (2,))])
def test_what_has_no_channels_is_refused(built, shapes):
    with pytest.raises(ShapeError, match="GroupNorm takes one input with channels, got"):
        built(GroupNorm(groups=1), *shapes)


def test_no_groups_at_all_are_refused():
    with pytest.raises(UsageError, match=r"GroupNorm\.groups"):
        GroupNorm(groups=0)
