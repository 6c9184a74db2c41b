"""Sampling between elements agrees with torch's grid_sample, its gradients too, in every mode and padding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.kernels.sampling import sample, sample_dat, sample_dx, taps

CLOSE = {"rtol": 1e-9, "atol": 1e-9}
"""float64: the coordinates are scaled in another order, and cubic weights have slopes of about 1."""


@settings(max_examples=60, deadline=None)
@given(
    mode=st.sampled_from(["nearest", "linear", "cubic"]),
    padding=st.sampled_from(["zeros", "border", "reflection"]),
    align_corners=st.booleans(),
    size=st.tuples(st.integers(2, 6), st.integers(2, 6)),
    seed=st.integers(0, 99),
)
def test_agrees_with_torch(mode: str, padding: str, align_corners: bool, size: tuple[int, int], seed: int) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    x, grid = rng.standard_normal((2, 3, *size)), rng.uniform(-2.2, 2.2, (2, 1, 9, 2))
    stretch = [n - 1 if align_corners else n for n in size]
    at = [(grid[:, 0, :, 1 - a] + 1) / 2 * stretch[a] - (0 if align_corners else 0.5) for a in (0, 1)]
    axes = [taps(at[a], size[a], mode, padding, align_corners=align_corners) for a in (0, 1)]
    y = sample(x, axes)

    leaf_x, leaf_grid = (torch.from_numpy(array).requires_grad_() for array in (x, grid))
    name = {"linear": "bilinear", "cubic": "bicubic"}.get(mode, mode)
    expected = torch.nn.functional.grid_sample(leaf_x, leaf_grid, name, padding, align_corners)
    assert (y.shape, y.dtype) == ((2, 3, 9), x.dtype)
    np.testing.assert_allclose(y, expected.detach().numpy()[:, :, 0], **CLOSE)

    dy = rng.standard_normal(y.shape)
    expected.backward(torch.from_numpy(dy[:, :, None]))
    np.testing.assert_allclose(sample_dx(dy, x.shape, axes), leaf_x.grad.numpy(), **CLOSE)
    for axis, dat in enumerate(sample_dat(dy, x, axes)):
        np.testing.assert_allclose(dat * stretch[axis] / 2, leaf_grid.grad.numpy()[:, 0, :, 1 - axis], **CLOSE)


def test_a_whole_coordinate_gives_the_element_itself() -> None:
    x = np.arange(5.0).reshape(1, 1, 5)
    for mode in ("nearest", "linear", "cubic"):
        axis = taps(np.array([[0.0, 3.0, 4.0]]), 5, mode, "border", align_corners=True)
        np.testing.assert_array_equal(sample(x, [axis]), [[[0, 3, 4]]])
