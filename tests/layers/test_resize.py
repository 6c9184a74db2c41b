import numpy as np
import pytest

from nnlab.core.component import make
from nnlab.core.errors import ShapeError, UsageError
from nnlab.layers.resize import Resize


def row(built, context, values, **options):
    """What becomes of a row of pixels."""
    layer = built(make(Resize, options), (1, len(values), 1))
    return layer.forward(np.array(values, float).reshape(1, 1, -1, 1), ctx=context)[0].reshape(-1).tolist()


def test_nearest_by_hand(built, evaluation):
    assert row(built, evaluation, [1, 2, 3], scale="1,2") == [1, 1, 2, 2, 3, 3]
    # p = 0.5 and 2.5: half way, where the later is taken; asymmetric: p = 0 and 2
    assert row(built, evaluation, [1, 2, 3, 4], scale="1,0.5") == [2, 4]
    assert row(built, evaluation, [1, 2, 3, 4], scale="1,0.5", coordinates="asymmetric") == [1, 3]
    # p = 0, 2/3, 4/3, 2
    assert row(built, evaluation, [1, 2, 3], size="1,4", coordinates="align_corners") == [1, 2, 2, 3]


def test_bilinear_by_hand(built, evaluation):
    # p = -1/4, 1/4, 3/4, 5/4; before the first pixel it is as the first
    assert row(built, evaluation, [0, 8], scale="1,2", mode="bilinear") == [0, 2, 6, 8]
    got = row(built, evaluation, [0, 8], scale="1,2", mode="bilinear", coordinates="align_corners")
    np.testing.assert_allclose(got, [0, 8 / 3, 16 / 3, 8], rtol=1e-15)
    assert row(built, evaluation, [0, 8], scale="1,2", mode="bilinear", coordinates="asymmetric") == [0, 4, 8, 8]
    assert row(built, evaluation, [0, 8, 4, 2], scale="1,0.5", mode="bilinear") == [4, 3]  # p = 1/2 and 5/2


def test_cubic_by_hand(built, evaluation):
    # p = 1/2 of two: weights -3/32, 19/32, 19/32, -3/32 at -1, 0, 1, 2 with a = -3/4; what is beyond is as at the edge
    assert row(built, evaluation, [0, 32], size="1,1", mode="cubic") == [16]
    # of four, p = 3/2: 1 and 2 are inside, 0 and 3 too
    assert row(built, evaluation, [32, 0, 0, 64], size="1,1", mode="cubic") == [-3 - 6]


def test_a_constant_image_stays_constant_and_a_slope_a_slope(built, evaluation):
    """The weights add up to 1; bilinear and cubic interpolation of a straight line are the line."""
    ones = np.ones((2, 6, 9, 3))
    line = np.arange(9.0)[None, None, :, None] * np.ones((1, 6, 1, 1))
    for options, _ in Resize.examples():
        layer = built(make(Resize, options), (6, 9, 3))
        np.testing.assert_allclose(layer.forward(ones, ctx=evaluation)[0], 1, rtol=1e-14)
        if options["mode"] == "bilinear" and options["coordinates"] == "align_corners":
            y, _ = built(make(Resize, options), (6, 9, 1)).forward(line, ctx=evaluation)
            out = y.shape[2]
            np.testing.assert_allclose(y[0, 0, :, 0], np.linspace(0, 8 if out > 1 else 0, out), atol=1e-14)


def test_the_gradient_goes_back_where_it_came_from(built, training):
    layer = built(Resize(scale=(1.0, 2.0), mode="bilinear"), (1, 2, 1))
    _, cache = layer.forward(np.zeros((1, 1, 2, 1)), ctx=training)
    (dx,) = layer.backward(np.array([1.0, 10.0, 100.0, 1000.0]).reshape(1, 1, 4, 1), cache, training)
    # y = x0, 3/4 x0 + 1/4 x1, 1/4 x0 + 3/4 x1, x1
    assert dx.reshape(-1).tolist() == [1 + 7.5 + 25, 2.5 + 75 + 1000]


def test_the_same_size_is_the_image_itself(built, training):
    layer = built(Resize(size=(3, 4), mode="cubic"), (3, 4, 2))
    x = np.ones((2, 3, 4, 2))
    y, cache = layer.forward(x, ctx=training)
    assert y is x and layer.backward(x, cache, training)[0] is x


def test_the_nearest_is_found_exactly(built, evaluation):
    """p = 2.5 at the third of 5 pixels of 6: 5/6 is no number of floating point, and a little less would be 2."""
    assert row(built, evaluation, range(6), size="1,5") == [0, 1, 3, 4, 5]
    for size in range(1, 40):
        for out in range(1, 40):
            expected = [((2 * i + 1) * size) // (2 * out) for i in range(out)]
            assert row(built, evaluation, range(size), size=(1, out)) == expected


@pytest.mark.parametrize("options", [{}, {"scale": 2.0, "size": 3}])
def test_scale_or_size_has_to_be_given(options):
    said = "both" if options else "neither"
    with pytest.raises(UsageError, match=rf"Resize\.scale: Resize takes a scale or a size, and got {said}"):
        Resize(**options)


@pytest.mark.parametrize("options", [{"scale": 0.0}, {"scale": (2.0, -1.0)}, {"size": 0}, {"mode": "linear"}])
def test_values_that_make_no_image_are_refused(options):
    with pytest.raises(UsageError):
        make(Resize, {"scale": 2.0, **options} if "mode" in options else options)


def test_shapes_that_do_not_fit_are_refused(built):
    with pytest.raises(ShapeError, match=r"Resize takes one image \(height, width, channels\) per sample, got \(5,\)"):
        built(Resize(scale=2.0), (5,))
    with pytest.raises(ShapeError, match=r"Resize.scale: a scale of 0.2 leaves nothing of 9x4"):
        built(Resize(scale=0.2), (9, 4, 1))


torch = pytest.importorskip("torch")

TORCHS = [
    ("nearest", "asymmetric", "nearest", None),
    ("nearest", "half_pixel", "nearest-exact", None),
    ("bilinear", "half_pixel", "bilinear", False),
    ("bilinear", "align_corners", "bilinear", True),
    ("cubic", "half_pixel", "bicubic", False),
    ("cubic", "align_corners", "bicubic", True),
]


@pytest.mark.parametrize(("mode", "coordinates", "name", "corners"), TORCHS)
@pytest.mark.parametrize("out", [(14, 10), (3, 4), (21, 1), (5, 13)])
def test_as_torch_interpolates(built, training, mode, coordinates, name, corners, out):
    layer = built(Resize(size=out, mode=mode, coordinates=coordinates), (7, 5, 3))
    x, dy = np.random.default_rng(0).standard_normal((2, 7, 5, 3)), np.random.default_rng(1).random((2, *out, 3))
    y, cache = layer.forward(x, ctx=training)
    given = torch.tensor(x.transpose(0, 3, 1, 2), requires_grad=True)
    got = torch.nn.functional.interpolate(given, size=out, mode=name, align_corners=corners)
    got.backward(torch.tensor(dy.transpose(0, 3, 1, 2)))
    np.testing.assert_allclose(y, got.detach().numpy().transpose(0, 2, 3, 1), atol=1e-13)
    np.testing.assert_allclose(
        layer.backward(dy, cache, training)[0], given.grad.numpy().transpose(0, 2, 3, 1), atol=1e-12
    )
