"""Mixing: what each way does to images, and what becomes of the minibatch."""

import numpy as np
import pytest

from nnlab.core.batch import Batch, Target
from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.core.truths import Labels, labels_of
from nnlab.data.mixing.base import MIXINGS, Mixing
from nnlab.data.mixing.cut_mix import CutMix
from nnlab.data.mixing.mixed import mixed
from nnlab.data.mixing.mixup import Mixup
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import mixings

SHAPE = (6, 8, 3)
CLASSES = np.array([0, 1, 2, 0, 1])


def batch(flat: bool = False, dtype: type = np.float64) -> Batch:
    """Five images, each of one value of its own."""
    images = np.empty((5, *SHAPE), dtype)
    images[:] = np.arange(1, 6).reshape(5, 1, 1, 1)
    inputs = images.reshape(5, -1) if flat else images
    return Batch(inputs, {"output": Target(np.eye(3, dtype=dtype)[CLASSES])}, Labels(CLASSES), list("abcde"))


def test_mixup_by_hand() -> None:
    images = np.array([[[[0.0]]], [[[1.0]]]])
    both, share = Mixup().mixed(images, np.array([1, 0]), 0.75, np.random.default_rng(0))
    assert (both.ravel().tolist(), share) == ([0.25, 0.75], 0.75)


def test_cutmix_covers_a_box_and_tells_its_true_area() -> None:
    images, partners = batch().inputs, np.array([1, 2, 3, 4, 0])
    shares = set()
    for seed in range(200):
        covered, share = CutMix().mixed(images, partners, 0.75, np.random.default_rng(seed))
        other = covered[0] == 2  # of image 0, what is its partner's
        assert ((covered[0] == 1) | other).all()
        rows, columns = np.nonzero(other[:, :, 0])
        assert other[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].all()
        assert share == 1 - other[:, :, 0].sum() / 48
        np.testing.assert_array_equal(covered == images[partners], np.broadcast_to(other, covered.shape))
        shares.add(share)
    assert min(shares) == 0.75  # half of 6 by half of 8, where it lies within the image
    assert max(shares) > 0.9  # cut off at a corner
    assert images.min() == 1 and (images[0] == 1).all()  # not written to


@pytest.mark.parametrize("alpha", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("way", list(MIXINGS), ids=lambda way: way.__name__)
@pytest.mark.parametrize("flat", [False, True])
def test_inputs_targets_and_truths_say_the_same(way: type[Mixing], alpha: float, flat: bool) -> None:
    before = batch(flat, np.float32)
    for epoch in range(1, 12):
        after = mixed(before, [way(alpha=alpha)], SHAPE, Rng(0), (epoch, 0))
        assert (after.inputs.shape, after.inputs.dtype) == (before.inputs.shape, np.float32)
        value = after.targets["output"].value
        assert (value.shape, value.dtype) == ((5, 3), np.float32)
        np.testing.assert_allclose(value.sum(axis=1), 1, rtol=1e-6)  # of float32: the shares, rounded each
        np.testing.assert_array_equal(value[np.arange(5), labels_of(after.truths)], value.max(axis=1))
        assert [CLASSES["abcde".index(source)] for source in after.sources] == labels_of(after.truths).tolist()
        assert sorted(after.sources) == list(before.sources)
        means = after.inputs.reshape(5, -1).mean(axis=1)
        own = np.arange(1, 6)
        # a picture's mean is s own + (1 - s) partner; so is its target
        for mean, row, number, label in zip(means, value, own, CLASSES, strict=True):
            partners = [other for other in own if other != number and CLASSES[other - 1] != label]
            share = row[label]
            options = [share * number + (1 - share) * other for other in partners]
            assert share == 1 or min(abs(mean - each) for each in options) < 1e-5


def test_chance_is_of_the_seed_the_epoch_and_the_place() -> None:
    ways = [Mixup(alpha=1.0), CutMix(alpha=1.0)]

    def drawn(seed: int, *at: int) -> bytes:
        return mixed(batch(), ways, SHAPE, Rng(seed), at).inputs.tobytes()

    assert drawn(0, 1, 0) == drawn(0, 1, 0)
    assert len({drawn(seed, epoch, place) for seed in (0, 1) for epoch in (1, 2) for place in (0, 1)}) == 8


def test_of_two_ways_each_has_half_of_the_minibatches() -> None:
    whole = [
        len(np.unique(mixed(batch(), [Mixup(), CutMix()], SHAPE, Rng(0), (epoch, 0)).inputs[0])) == 1
        for epoch in range(80)
    ]
    assert 25 <= sum(whole) <= 60  # about 40 by mixup, and those of CutMix without a box in image 0


@pytest.mark.parametrize(("ways", "size"), [([], 5), ([Mixup()], 1), ([CutMix()], 1)])
def test_without_a_way_or_a_partner_the_minibatch_stays(ways: list[Mixing], size: int) -> None:
    before = batch().take(range(size))
    assert mixed(before, ways, SHAPE, Rng(0), (1, 0)) is before


def test_the_options_say_the_ways_and_the_strength_scales_them() -> None:
    assert mixings(DataOptions()) == ()
    (mixup, cutmix) = mixings(DataOptions(mixup=0.4, cutmix=1.0, augmentation_strength=0.5))
    assert (type(mixup), mixup.alpha, type(cutmix), cutmix.alpha) == (Mixup, 0.2, CutMix, 0.5)
    assert mixings(DataOptions(mixup=0.4, augmentation_strength=0.0)) == ()
    with pytest.raises(UsageError, match="alpha: must be above 0, got 0"):
        Mixup(alpha=0)
