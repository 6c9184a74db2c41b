"""Convolutions of images against their definition, and against themselves on other threads and in other bands."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.core.workspace import Workspace
from nnlab.kernels.images import bands, columns, depthwise, tiles, winograd
from nnlab.kernels.images.convolution import algorithm
from nnlab.kernels.threads import at_most_threads
from nnlab.layers.windows import window_over


def defined(x, w, window):
    """y as the formula says it, one window after the other."""
    (top, bottom), (left, right) = window.pads
    wide = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
    rows, across = window.out_size(x.shape[1:3])
    channels, maps = w.shape[2], w.shape[3] // window.groups
    y = np.zeros((len(x), rows, across, w.shape[3]))
    for i, j, a, b, g in product(
        range(rows), range(across), range(w.shape[0]), range(w.shape[1]), range(window.groups)
    ):
        u, v = i * window.strides[0] + a * window.dilations[0], j * window.strides[1] + b * window.dilations[1]
        own = slice(g * maps, (g + 1) * maps)
        y[:, i, j, own] += wide[:, u, v, g * channels : (g + 1) * channels] @ w[a, b, :, own]
    return y


@st.composite
def convolutions(draw):
    kernel, stride, dilation = (tuple(draw(st.integers(1, top)) for _ in range(2)) for top in (4, 3, 2))
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    pads = tuple(draw(st.integers(0, 3)) for _ in range(4))
    size = [draw(st.integers(max(1, r - pads[2 * axis] - pads[2 * axis + 1]), 9)) for axis, r in enumerate(reach)]
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    channels, maps = groups * draw(st.integers(1, 3)), groups * draw(st.integers(1, 3))
    x_shape = (draw(st.integers(1, 5)), *size, channels)
    window = window_over(size, kernel=kernel, stride=stride, dilation=dilation, padding=pads, groups=groups)
    generator = np.random.default_rng(draw(st.integers(0, 99)))
    x, w = generator.standard_normal(x_shape), generator.standard_normal((*kernel, channels // groups, maps))
    return x, w, window


@settings(max_examples=150, deadline=None)
@given(convolutions(), st.integers(0, 99))
def test_it_is_its_definition_and_its_gradients_are_its_transpose(case, seed):
    x, w, window = case
    by = algorithm(x.shape, w.shape, window)
    y = by.forward(x, w, window)
    np.testing.assert_allclose(y, defined(x, w, window), rtol=1e-11, atol=1e-11)
    # linear in x and in w: <dy, y(v, w)> = <dx, v> for every v, and <dy, y(x, v)> = <dw, v>
    generator = np.random.default_rng(seed)
    dy, v, u = (generator.standard_normal(a.shape) for a in (y, x, w))
    dw, dx = by.backward(dy, x, w, window)
    np.testing.assert_allclose((dx * v).sum(), (dy * defined(v, w, window)).sum(), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose((dw * u).sum(), (dy * defined(x, u, window)).sum(), rtol=1e-9, atol=1e-9)
    alone = columns.input_gradient(dy, w, window, x.shape[1:3], bias=None, empty=np.empty)
    np.testing.assert_allclose(alone, dx, rtol=1e-11, atol=1e-11)


SHAPES = [
    ((9, 14, 13, 6), (3, 3, 6, 5), {"padding": 1}),
    ((9, 14, 13, 8), (3, 3, 8, 9), {"padding": 1}),  # by Winograd's algorithm
    ((9, 14, 13, 6), (3, 3, 6, 5), {"padding": 1, "stride": 2}),
    ((3, 14, 13, 6), (1, 1, 6, 5), {}),
    ((2, 14, 13, 6), (5, 3, 2, 6), {"padding": 2, "groups": 3}),
    ((9, 14, 13, 6), (3, 3, 1, 6), {"padding": 1, "groups": 6}),
]


@pytest.mark.parametrize(("x_shape", "w_shape", "options"), SHAPES)
def test_bits_do_not_depend_on_threads_and_memory_is_used_again(x_shape, w_shape, options, monkeypatch):
    monkeypatch.setattr(bands, "BAND_BYTES", 20_000)  # several bands in a sample
    monkeypatch.setattr(bands, "PART_BYTES", 20_000)
    bands.parts_of.cache_clear()
    tiles.Tiles.of.cache_clear()
    generator = np.random.default_rng(0)
    x, w = (generator.standard_normal(shape).astype(np.float32) for shape in (x_shape, w_shape))
    window = window_over(x_shape[1:3], kernel=w_shape[:2], **options)
    workspace, seen = Workspace(), []
    for threads in (1, 2, 3, 2):
        with at_most_threads(threads):
            by = algorithm(x.shape, w.shape, window)
            y = by.forward(x, w, window, empty=workspace.empty)
            dw, dx = by.backward(y, x, w, window, empty=workspace.empty)
            seen.append((y.copy(), dw.copy(), dx.copy()))
    bands.parts_of.cache_clear()
    tiles.Tiles.of.cache_clear()
    for other in seen[1:]:
        for one, same in zip(seen[0], other, strict=True):
            np.testing.assert_array_equal(one, same)
    np.testing.assert_allclose(seen[0][0], defined(x, w, window), rtol=1e-4, atol=1e-4)


WINOGRAD = [
    ((2, 8, 8, 3), 4, 1),
    ((3, 7, 9, 5), 2, 1),
    ((1, 3, 3, 1), 1, 0),
    ((9, 62, 61, 8), 6, 1),
    ((2, 5, 6, 2), 3, (0, 2, 1, 3)),
    ((4, 13, 4, 3), 3, 2),
    ((1, 1, 1, 2), 2, 1),
]


@pytest.mark.parametrize("band_bytes", [1 << 21, 20_000])  # whole samples, and several bands in one
@pytest.mark.parametrize(("x_shape", "maps", "padding"), WINOGRAD)
@pytest.mark.parametrize(("dtype", "bound"), [(np.float64, 1e-11), (np.float32, 1e-4)])
def test_winograds_form_agrees_with_columns(x_shape, maps, padding, dtype, bound, band_bytes, monkeypatch):
    monkeypatch.setattr(bands, "BAND_BYTES", band_bytes)
    bands.parts_of.cache_clear()
    tiles.Tiles.of.cache_clear()
    generator = np.random.default_rng(0)
    x = generator.standard_normal(x_shape).astype(dtype)
    w, bias = (generator.standard_normal(s).astype(dtype) for s in ((3, 3, x_shape[3], maps), (maps,)))
    window = window_over(x_shape[1:3], kernel=3, padding=padding)
    y, same = (form.forward(x, w, window, bias=bias) for form in (columns, winograd))
    dy = generator.standard_normal(y.shape).astype(dtype)
    gradients, others = (form.backward(dy, x, w, window) for form in (columns, winograd))
    tiles.Tiles.of.cache_clear()
    bands.parts_of.cache_clear()
    for one, other in ((y, same), *zip(gradients, others, strict=True)):
        assert np.abs(one - other).max() <= bound * np.abs(one).max()


def test_winograds_form_is_chosen_where_it_can_and_pays():
    def chosen(x_shape, w_shape, form="auto", **options):
        return algorithm(x_shape, w_shape, window_over(x_shape[1:3], kernel=w_shape[:2], **options), form) is winograd

    assert chosen((32, 16, 16, 32), (3, 3, 32, 32), padding=1)
    assert not chosen((32, 16, 16, 32), (3, 3, 32, 32), "columns", padding=1)
    assert not chosen((32, 16, 16, 3), (3, 3, 3, 32), padding=1)  # few channels
    assert chosen((32, 16, 16, 3), (3, 3, 3, 32), "winograd", padding=1)
    assert not chosen((1, 4, 4, 32), (3, 3, 32, 32), padding=1)  # one tile
    for options in ({"stride": 2}, {"dilation": 2}):
        assert not chosen((32, 16, 16, 32), (3, 3, 32, 32), "winograd", **options)
    assert not chosen((32, 16, 16, 32), (5, 5, 32, 32), "winograd")
    assert not chosen((32, 16, 16, 32), (3, 3, 16, 32), "winograd", groups=2)


def test_the_bands_of_all_parts_are_the_batch():
    for samples, rows, row_bytes in product((1, 5, 8, 33), (1, 7, 64), (100, 30_000, 10_000_000)):
        met = np.zeros((samples, rows), int)
        for part in bands.parts_of(samples, rows, row_bytes):
            for band in part:
                met[band.samples, band.rows] += 1
        assert (met == 1).all()


def test_large_weights_are_summed_in_fewer_parts():
    assert len(bands.parts_of(64, 8, 10_000)) == 8
    assert len(bands.parts_of(64, 8, 10_000, 9_000_000)) == 2
    assert len(bands.parts_of(64, 8, 10)) == 1  # too little to share


def test_an_image_that_is_some_channels_of_another():
    """As the gradient of one input of Concat is."""
    wide = np.random.default_rng(0).standard_normal((3, 6, 8, 5))
    w = np.random.default_rng(1).standard_normal((2, 2, 2, 3))
    for stride in (1, 2):
        window = window_over((6, 8), kernel=2, stride=stride)
        y = columns.forward(wide[..., 1:3], w, window)
        np.testing.assert_array_equal(y, columns.forward(wide[..., 1:3].copy(), w, window))
        dw, dx = columns.backward(y, wide[..., 1:3], w, window)
        expected = columns.backward(y, wide[..., 1:3].copy(), w, window)
        np.testing.assert_array_equal(dw, expected[0])
        np.testing.assert_array_equal(dx, expected[1])


@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("padding", ["valid", 1])
def test_some_channels_of_a_wider_image_are_an_image_like_any_other(padding, groups):
    """As Concat hands gradients on, and a transposed convolution then takes them for its input."""
    generator = np.random.default_rng(0)
    window = window_over((6, 5), kernel=3, padding=padding, groups=groups)
    w, whole = generator.random((3, 3, 4 // groups, 4)), generator.random((2, 6, 5, 7))
    x = whole[..., 2:6]
    dy = generator.random((2, *window.out_size((6, 5)), 7))[..., 1:5]
    for form in (columns, winograd, depthwise):
        if (form is depthwise) != (groups == 4) or (form is winograd and groups > 1):
            continue
        np.testing.assert_array_equal(form.forward(x, w, window), form.forward(x.copy(), w, window))
        for one, other in zip(
            form.backward(dy, x, w, window), form.backward(dy.copy(), x.copy(), w, window), strict=True
        ):
            np.testing.assert_array_equal(one, other)
