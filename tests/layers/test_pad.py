import numpy as np
import pytest

from nnlab.core.component import make
from nnlab.core.errors import ShapeError, UsageError
from nnlab.layers.pad import Pad

ROW = np.array([1.0, 2.0, 3.0]).reshape(1, 1, 3, 1)


def row(built, context, values=ROW, **options):
    """What becomes of a row of pixels."""
    return built(make(Pad, options), values.shape[1:]).forward(values, ctx=context)[0].reshape(-1).tolist()


def test_margins_by_hand(built, evaluation):
    assert row(built, evaluation, padding="0,0,1,2", value=7.0) == [7, 1, 2, 3, 7, 7]
    assert row(built, evaluation, padding="0,0,1,2", mode="reflect") == [2, 1, 2, 3, 2, 1]
    assert row(built, evaluation, padding="0,0,1,2", mode="edge") == [1, 1, 2, 3, 3, 3]
    assert row(built, evaluation, padding="0,0,-1,1", mode="edge") == [2, 3, 3]
    assert row(built, evaluation, padding="0,0,-1,1", mode="reflect") == [2, 3, 2]  # of what is left
    assert row(built, evaluation, padding="0,-1") == [2]


def test_top_bottom_left_right(built, evaluation):
    x = np.arange(1.0, 5).reshape(1, 2, 2, 1)
    y, _ = built(Pad(padding=(1, 0, 0, 2)), (2, 2, 1)).forward(x, ctx=evaluation)
    np.testing.assert_array_equal(y[0, :, :, 0], [[0, 0, 0, 0], [1, 2, 0, 0], [3, 4, 0, 0]])


def test_corners_are_mirrored_both_ways(built, evaluation):
    x = np.arange(9.0).reshape(1, 3, 3, 1)
    y, _ = built(Pad(padding=2, mode="reflect"), (3, 3, 1)).forward(x, ctx=evaluation)
    assert y[0, 0, 0, 0] == 8 and y[0, -1, -1, 0] == 0 and y[0, 0, 2, 0] == 6


@pytest.mark.parametrize("mode", ["constant", "reflect", "edge"])
@pytest.mark.parametrize("padding", [2, (3, 1), (0, 2, 3, 1)])
def test_as_numpy_pads(built, evaluation, mode, padding):
    x = np.random.default_rng(0).standard_normal((2, 5, 4, 3))
    top, bottom, left, right = {2: (2,) * 4, (3, 1): (3, 3, 1, 1)}.get(padding, padding)
    y, _ = built(Pad(padding=padding, mode=mode), (5, 4, 3)).forward(x, ctx=evaluation)
    np.testing.assert_array_equal(y, np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)), mode=mode))


def test_what_went_to_several_places_gets_the_gradient_of_all(built, training):
    layer = built(Pad(padding=(0, 0, 1, 2), mode="reflect"), (1, 3, 1))
    _, cache = layer.forward(ROW, ctx=training)
    dy = 10.0 ** np.arange(6).reshape(1, 1, 6, 1)
    # y = x1 x0 x1 x2 x1 x0
    assert layer.backward(dy, cache, training)[0].reshape(-1).tolist() == [10 + 1e5, 1 + 100 + 1e4, 1000]


def test_no_margin_is_the_image_itself(built, training):
    x = np.ones((2, 3, 3, 1))
    layer = built(Pad(padding=0), (3, 3, 1))
    y, cache = layer.forward(x, ctx=training)
    assert y is x and layer.backward(x, cache, training)[0] is x


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"padding": (0, 4), "mode": "reflect"}, "4 and 4 around a width of 4: a mirror image has at most 3"),
        ({"padding": (-1, 2, 0, 0), "mode": "reflect"}, "-1 and 2 around a height of 3: a mirror image has at most 1"),
        ({"padding": -2}, "-2 and -2 around a height of 3 leave nothing of it"),
    ],
)
def test_margins_that_the_image_does_not_have_are_refused(built, options, said):
    with pytest.raises(ShapeError) as error:
        built(Pad(**options), (3, 4, 1))
    assert str(error.value).startswith(f"Pad.padding: {said}")


def test_what_is_no_image_is_refused(built):
    with pytest.raises(ShapeError, match=r"Pad takes one image \(height, width, channels\) per sample, got \(5,\)"):
        built(Pad(), (5,))


@pytest.mark.parametrize("options", [{"padding": (1,)}, {"padding": (1, 2, 3)}, {"mode": "wrap"}, {"padding": "a"}])
def test_options_that_mean_nothing_are_refused(options):
    with pytest.raises(UsageError, match=r"Pad\."):
        make(Pad, options)
