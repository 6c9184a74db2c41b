import numpy as np
import pytest

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.losses.margins import ArcFace, CosFace
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy

COSINES, FIRST = np.array([[0.5, 0.2]]), Target(np.array([[1.0, 0.0]]))


def test_golden():
    # 60 degrees and 0.3: cos 1.3472 = 0.2217; log(1 + exp(16 (0.2 - 0.2217))).  0.5 - 0.3 = 0.2: log 2
    assert ArcFace(scale=16, margin=0.3)(COSINES, FIRST, Context())[0] == pytest.approx(0.534274, abs=5e-7)
    assert CosFace(scale=16, margin=0.3)(COSINES, FIRST, Context())[0] == pytest.approx(0.693147, abs=5e-7)


@pytest.mark.parametrize("loss", [ArcFace, CosFace])
def test_without_a_margin_it_is_cross_entropy_of_scaled_cosines(loss):
    plain, slope = SoftmaxCrossEntropy()(4 * COSINES, FIRST, Context())
    value, gradient = loss(scale=4.0, margin=0.0)(COSINES, FIRST, Context())
    assert value == pytest.approx(plain)
    np.testing.assert_allclose(gradient, 4 * slope)


def test_a_larger_angle_never_counts_as_a_smaller_one():
    angles = np.linspace(0.01, np.pi - 0.01, 500)
    narrow, slope = ArcFace(margin=0.5).narrowed(np.cos(angles))
    assert (np.diff(narrow) < 0).all() and (slope > 0).all()
    assert np.abs(np.diff(narrow)).max() < 0.02  # without a step where the formula changes


def test_at_the_ends_the_slope_is_bounded():
    for c in (-1.0, 1.0):
        value, gradient = ArcFace()(np.array([[c, 0.0]], np.float32), FIRST, Context())
        assert np.isfinite(value) and np.abs(gradient).max() < 1e5 and gradient.dtype == np.float32
