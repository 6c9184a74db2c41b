"""MSE and PSNR of pictures, by hand."""

import numpy as np
import pytest

from nnlab.core.pictures import Pictures
from nnlab.metrics.pictures import PeakSignalToNoise, PictureError, decibel

TRUTHS = Pictures(np.array([[[[0], [255]]], [[[51], [102]]]], np.uint8))
ANSWERS = Pictures(np.array([[0.1, 1.0], [0.2, 0.6]]))


@pytest.mark.parametrize("cut", [1, 2])
def test_every_pixel_counts_alike_in_whatever_batches(cut: int) -> None:
    mse, psnr = PictureError(), PeakSignalToNoise()
    for metric in (mse, psnr):
        metric.reset()
        for first in range(0, 2, cut):
            metric.update(ANSWERS[first : first + cut], TRUTHS[first : first + cut])
    assert mse.compute() == pytest.approx((0.01 + 0.04) / 4, rel=1e-6)  # truths are float32
    assert psnr.compute() == pytest.approx(-10 * np.log10(0.0125), rel=1e-6)
    assert psnr.shown(psnr.compute()) == "19.03 dB"


def test_the_scale() -> None:
    assert decibel(0.01) == pytest.approx(20) and decibel(1e-4) == pytest.approx(40) and decibel(0.0) == np.inf


def test_each_picture_has_its_share() -> None:
    shares = PictureError().shares(ANSWERS, TRUTHS)
    np.testing.assert_allclose(shares, [0.005, 0.02], rtol=1e-6)
