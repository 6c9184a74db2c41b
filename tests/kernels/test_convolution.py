"""Convolution and its gradients agree with torch on any shapes, and to the last bit on any number of threads."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.core.errors import ShapeError
from nnlab.kernels.convolution import Window, convolve, convolve_dw, convolve_dx, padded
from nnlab.kernels.meetings import mostly_padding

CLOSE = {"rtol": 1e-10, "atol": 1e-10}
"""float64: sums of at most a few hundred products, in another order."""


@st.composite
def cases(draw: Any) -> tuple[tuple[int, ...], tuple[int, ...], Window]:
    """Shapes of x and w, and a window that fits."""
    rank, groups = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    kernel = tuple(draw(st.lists(st.integers(1, 3), min_size=rank, max_size=rank)))
    strides, dilations = (tuple(draw(st.lists(st.integers(1, 2), min_size=rank, max_size=rank))) for _ in range(2))
    pad = st.integers(0, 2)
    pads = tuple((draw(pad), draw(pad)) for _ in range(rank))
    size = tuple(d * (k - 1) + 1 + draw(st.integers(0, 4)) for k, d in zip(kernel, dilations, strict=True))
    channels, maps = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    x = (draw(st.integers(1, 3)), channels * groups, *size)
    return x, (maps * groups, channels, *kernel), Window(kernel, strides, dilations, pads, groups)


def arrays(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape) for shape in shapes]


@settings(max_examples=40, deadline=None)
@given(case=cases())
def test_agrees_with_torch(case: tuple[Any, Any, Window]) -> None:
    torch = pytest.importorskip("torch")
    x_shape, w_shape, window = case
    x, w, bias = arrays(x_shape, w_shape, w_shape[:1])
    y = convolve(x, w, window, bias=bias)

    leaf_x, leaf_w = (torch.from_numpy(array).requires_grad_() for array in (x, w))
    ahead = torch.nn.functional.pad(leaf_x, [n for pair in reversed(window.pads) for n in pair])
    conv = {1: torch.conv1d, 2: torch.conv2d, 3: torch.conv3d}[len(window.kernel)]
    expected = conv(ahead, leaf_w, torch.from_numpy(bias), window.strides, 0, window.dilations, window.groups)
    assert (y.shape, y.dtype) == (tuple(expected.shape), x.dtype)
    np.testing.assert_allclose(y, expected.detach().numpy(), **CLOSE)

    (dy,) = arrays(y.shape)
    expected.backward(torch.from_numpy(dy))
    dx, dw = convolve_dx(dy, w, window, x.shape[2:]), convolve_dw(dy, x, window)
    assert (dx.shape, dw.shape) == (x.shape, w.shape)
    np.testing.assert_allclose(dx, leaf_x.grad.numpy(), **CLOSE)
    np.testing.assert_allclose(dw, leaf_w.grad.numpy(), **CLOSE)


def test_gradients_agree_with_central_differences() -> None:
    window = Window((2, 3), (2, 1), (1, 2), ((1, 0), (0, 2)), 2)
    x, w = arrays((1, 4, 4, 6), (2, 2, 2, 3))
    (dy,) = arrays(convolve(x, w, window).shape)

    def differences(array: np.ndarray) -> np.ndarray:
        found = np.empty_like(array)
        for index in np.ndindex(array.shape):
            kept, sides = array[index], []
            for step in (1e-5, -1e-5):
                array[index] = kept + step
                sides.append(float((dy * convolve(x, w, window)).sum()))
            array[index] = kept
            found[index] = (sides[0] - sides[1]) / 2e-5
        return found

    close = {"rtol": 1e-7, "atol": 1e-7}  # linear in x and in w, so all that is left is rounding over the step
    np.testing.assert_allclose(convolve_dx(dy, w, window, x.shape[2:]), differences(x), **close)
    np.testing.assert_allclose(convolve_dw(dy, x, window), differences(w), **close)


@pytest.mark.parametrize(
    ("x", "w", "window"),
    [
        ((2, 8, 40, 40), (8, 8, 3, 3), Window((3, 3), (1, 1), (1, 1), ((1, 1), (1, 1)))),
        ((1, 16, 40, 40), (16, 1, 3, 3), Window((3, 3), (1, 1), (1, 1), ((1, 1), (1, 1)), 16)),
        ((2, 8, 40, 40), (8, 8, 1, 1), Window((1, 1), (1, 1), (1, 1), ((0, 0), (0, 0)))),
    ],
    ids=["bands", "depthwise", "whole"],
)
def test_is_the_same_on_any_number_of_threads(x: Any, w: Any, window: Window) -> None:
    given_x, given_w = (array.astype(np.float32) for array in arrays(x, w))
    one, four = (convolve(given_x, given_w, window, threads=threads) for threads in (1, 4))
    np.testing.assert_array_equal(one, four)
    dw = [convolve_dw(one, given_x, window, threads=threads) for threads in (1, 4)]
    np.testing.assert_array_equal(dw[0], dw[1])


def test_reads_and_writes_nothing_that_was_given() -> None:
    window = Window((3,), (1,), (1,), ((1, 1),))
    x, w = arrays((1, 2, 5), (2, 2, 3))
    x.flags.writeable = w.flags.writeable = False
    convolve(x, w, window)
    assert padded(x, ((0, 0),)) is x


def test_a_kernel_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ShapeError, match="reaches over 5"):
        Window((3,), (1,), (2,), ((0, 0),)).out_size((4,))
    with pytest.raises(ShapeError, match="groups"):
        convolve(np.zeros((1, 3, 4)), np.zeros((2, 2, 1)), Window((1,), (1,), (1,), ((0, 0),)))


@pytest.mark.parametrize("groups", [1, 2, 6])
@pytest.mark.parametrize(
    ("dilation", "stride"), [((6, 7), (1, 1)), ((9, 3), (2, 1)), ((5, 30), (1, 2)), ((30, 30), (1, 3))]
)
def test_kernels_that_reach_far_over_the_edges(groups: int, dilation: tuple[int, int], stride: tuple[int, int]) -> None:
    torch = pytest.importorskip("torch")
    window = Window((3, 3), stride, dilation, ((dilation[0], dilation[0]), (dilation[1], dilation[1] + 1)), groups)
    x, w, bias = arrays((2, 6, 8, 7), (6, 6 // groups, 3, 3), (6,))
    assert mostly_padding(window, (8, 7), window.out_size((8, 7)))
    given = [torch.from_numpy(array).requires_grad_() for array in (x, w, bias)]
    ahead = torch.nn.functional.pad(given[0], [n for pair in reversed(window.pads) for n in pair])
    result = torch.conv2d(ahead, *given[1:], stride, 0, dilation, groups)
    expected = result.detach().numpy()
    y = convolve(x, w, window, bias=bias)
    np.testing.assert_allclose(y, expected, **CLOSE)
    held = convolve(x, w, window, bias=bias, between=(-0.5, 0.5))
    np.testing.assert_array_equal(held, np.clip(y, -0.5, 0.5))
    np.testing.assert_array_equal(convolve(x, w, window, bias=bias, threads=1), y)
    (dy,) = arrays(expected.shape)
    result.backward(torch.from_numpy(dy))
    for threads in (1, 2):
        np.testing.assert_allclose(convolve_dx(dy, w, window, (8, 7), threads=threads), given[0].grad, **CLOSE)
        np.testing.assert_allclose(convolve_dw(dy, x, window, threads=threads), given[1].grad, **CLOSE)


def test_a_kernel_that_meets_nothing_but_padding() -> None:
    window = Window((2,), (1,), (10,), ((5, 5),))
    x, w, bias = np.ones((1, 1, 3)), np.ones((2, 1, 2)), np.array([1.0, 2.0])
    np.testing.assert_array_equal(convolve(x, w, window, bias=bias), [[[1, 1, 1], [2, 2, 2]]])
    dy = np.ones((1, 2, 3))
    np.testing.assert_array_equal(convolve_dx(dy, w, window, (3,)), np.zeros_like(x))
    np.testing.assert_array_equal(convolve_dw(dy, x, window), np.zeros_like(w))
    assert convolve(x[:0], w, window, bias=bias).shape == (0, 2, 3)
