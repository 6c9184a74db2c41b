"""PCA of the size of the code."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.baselines.reconstruction import Components, MeanPicture, of_reconstruction
from nnlab.core.pictures import Pictures, values_of
from nnlab.data.readers.idx import Idx
from nnlab.models.graph import Graph
from nnlab.tasks.reconstruction import Reconstruction


@pytest.mark.parametrize("samples", [12, 60])  # fewer than a picture has values, and more
def test_components_are_those_of_a_singular_value_decomposition(samples: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (samples, 5, 4, 1), dtype=np.uint8)
    inputs = (pixels / 255).astype(np.float32)
    pca = Components(3)
    pca.fit(inputs, Pictures(pixels))
    rows = inputs.reshape(samples, -1).astype(np.float64)
    mean = rows.mean(axis=0)
    *_, right = np.linalg.svd(rows - mean, full_matrices=False)
    expected = mean + (rows - mean) @ right[:3].T @ right[:3]
    np.testing.assert_allclose(values_of(pca.answers(inputs)), expected, atol=1e-5)  # float32


def test_what_is_corrupted_is_brought_back_to_what_it_was() -> None:
    """Of inputs that are the pictures upside down and darker, the answers are the pictures."""
    pixels = np.random.default_rng(0).integers(0, 256, (40, 3, 2, 1), dtype=np.uint8)
    inputs = 0.5 - 0.4 * (pixels[:, ::-1] / 255).astype(np.float32)
    pca = Components(6)
    pca.fit(inputs, Pictures(pixels))
    np.testing.assert_allclose(values_of(pca.answers(inputs)), values_of(Pictures(pixels)), atol=1e-5)


def test_without_a_code_the_mean_picture_stands_alone() -> None:
    (mean,) = of_reconstruction(Reconstruction(), ("pixels",), Graph())
    assert isinstance(mean, MeanPicture)


@pytest.mark.parametrize(("size", "golden"), [(8, 0.03759), (16, 0.02753), (32, 0.01754)])
def test_of_mnist(size: int, golden: float, shared_data: Path) -> None:
    """The first 10,000 digits, on the first 2,000 of the test set, in values 0 to 1."""
    found = Idx().find(shared_data / "mnist").samples
    pixels = np.stack([sample.pixels for sample in (*found[:10_000], *found[60_000:62_000])])  # type: ignore[arg-type]
    inputs = (pixels / 255).astype(np.float32)
    pca = Components(size)
    assert pca.most_samples == 10_000
    pca.fit(inputs[:10_000], Pictures(pixels[:10_000]))
    off = values_of(pca.answers(inputs[10_000:])) - values_of(Pictures(pixels[10_000:]))
    assert np.square(off, dtype=np.float64).mean() == pytest.approx(golden, abs=5e-6)  # as it is written
