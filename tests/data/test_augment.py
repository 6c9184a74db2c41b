from pathlib import Path

import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.core.rng import Rng
from nnlab.core.truth import NOTHING, Mask
from nnlab.core.truths import Labels
from nnlab.data.augment import Augmentation
from nnlab.data.images.base import ImageLibrary
from nnlab.data.steps.noise import Noise

PIXELS = np.full((8, 9, 1), 128, np.uint8)
LABELS = Labels(np.array([0, 1, 1]))


def test_every_sample_clone_epoch_and_seed_has_a_chance_of_its_own(library: ImageLibrary) -> None:
    steps = [Noise(intensity=0.2)]
    seen = {
        Augmentation(steps=steps, library=library, rng=Rng(seed))
        .sample(PIXELS, NOTHING, epoch, sample, clone)[0]
        .tobytes()
        for seed in (0, 1)
        for epoch in (1, 2)
        for sample in (0, 1, 2)
        for clone in (0, 1)
    }
    assert len(seen) == 24


def test_a_batch_is_its_samples_one_by_one(library: ImageLibrary) -> None:
    augmentation = Augmentation(steps=[Noise(intensity=0.2)], library=library, rng=Rng(0), workers=2)
    samples, clones = np.array([7, 3, 3]), np.array([0, 0, 1])
    batch, truths = augmentation.batch(np.stack([PIXELS] * 3), LABELS, 5, samples, clones)
    assert (batch.shape, batch.dtype) == ((3, 8, 9, 1), np.uint8)
    for row, sample, clone in zip(batch, samples, clones, strict=True):
        np.testing.assert_array_equal(row, augmentation.sample(PIXELS, NOTHING, 5, sample, clone)[0])
    assert truths is LABELS


def test_without_steps_the_pixels_are_given_back(library: ImageLibrary) -> None:
    augmentation = Augmentation(steps=[], library=library, rng=Rng(0))
    pixels = np.stack([PIXELS] * 2)
    assert augmentation.batch(pixels, LABELS, 1, np.arange(2), np.zeros(2, int))[0] is pixels
    assert not augmentation.is_random


def test_a_step_that_comes_twice_draws_twice(library: ImageLibrary) -> None:
    once, twice = (
        Augmentation(steps=[Noise(intensity=0.1)] * times, library=library, rng=Rng(0)).sample(
            PIXELS, NOTHING, 1, 0, 0
        )[0]
        for times in (1, 2)
    )
    first, both = once.astype(float) - 128, twice.astype(float) - 128
    assert abs(np.corrcoef(first.ravel(), (both - first).ravel())[0, 1]) < 0.5  # 72 pixels: the standard error is 0.12


def test_parts_are_cut_out_with_what_is_true_of_them(library: ImageLibrary) -> None:
    """Of a picture whose pixels and mask say the same, at every place that there is."""
    pixels = np.arange(8 * 9, dtype=np.uint8).reshape(8, 9, 1)
    chance = Augmentation(steps=[], library=library, rng=Rng(0), clones=2, crop=(4, 3))
    assert chance.is_random and chance.shape((8, 9, 1)) == (3, 4, 1)
    many = 200
    parts, truths = chance.batch(
        np.stack([pixels] * many), (Mask(pixels[:, :, 0]),) * many, 1, np.arange(many), np.zeros(many, int)
    )
    assert parts.shape == (many, 3, 4, 1)
    for part, truth in zip(parts, truths, strict=True):
        assert isinstance(truth, Mask)
        np.testing.assert_array_equal(part[:, :, 0], truth.pixels)
    assert {int(part[0, 0, 0]) for part in parts} == {9 * top + left for top in range(6) for left in range(6)}


def test_a_part_that_is_larger_than_the_pictures_is_refused(library: ImageLibrary) -> None:
    chance = Augmentation(steps=[], library=library, rng=Rng(0), crop=(9, 9))
    with pytest.raises(DataError, match=r"a\.png: --crop=9,9 is larger than pictures of 9 x 8"):
        chance.refuse((8, 9, 1), Path("a.png"))
    chance.refuse((9, 9, 1), Path("a.png"))
