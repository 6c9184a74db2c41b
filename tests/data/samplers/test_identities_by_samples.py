"""Samplers: which samples come, and which together."""

from collections import Counter

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.core.truths import Labels
from nnlab.data.samplers.base import in_order
from nnlab.data.samplers.identities_by_samples import IdentitiesBySamples
from nnlab.data.samplers.shuffled import Shuffled

TRUTHS = Labels(np.repeat(np.arange(6), [10, 10, 10, 10, 10, 1]))


def test_in_order_is_everything_once() -> None:
    parts = list(in_order(5, 2))
    assert [samples.tolist() for samples, _ in parts] == [[0], [1, 2], [3, 4]]
    assert not any(clones.any() for _, clones in parts)


def test_shuffled_gives_every_clone_once_in_an_order_of_the_epoch() -> None:
    def epoch(number: int) -> list[tuple[int, int]]:
        parts = Shuffled().batches(TRUTHS, number, clones=2, most=20, rng=Rng(3))
        return [pair for part in parts for pair in zip(*(each.tolist() for each in part), strict=True)]

    assert sorted(epoch(1)) == [(sample, clone) for sample in range(51) for clone in (0, 1)]
    assert epoch(1) == epoch(1) != epoch(2)
    order = Rng(3).at("shuffle", 1).generator().permutation(102)
    assert epoch(1) == [(place // 2, place % 2) for place in order.tolist()]


def test_what_fits_in_one_batch_is_not_shuffled() -> None:
    ((samples, clones),) = Shuffled().batches(TRUTHS, 1, clones=1, most=51, rng=Rng(0))
    assert samples.tolist() == list(range(51)) and not clones.any()


def test_identities_come_with_others_of_their_own_and_evenly() -> None:
    sampler = IdentitiesBySamples(identities=3, samples_each=4)
    parts = list(sampler.batches(TRUTHS, 1, clones=2, most=100, rng=Rng(0)))
    assert len(parts) == 9  # of 12: what 102 samples fill
    came: Counter[int] = Counter()
    for samples, clones in parts:
        counts = Counter(TRUTHS.indexes[samples].tolist())
        assert sorted(counts.values()) == [4, 4, 4]
        assert len(set(zip(samples.tolist(), clones.tolist(), strict=True))) == 12  # none twice: again is another clone
        came.update(counts.keys())
    assert set(came) == set(range(6))
    assert max(came.values()) - min(came.values()) <= 1
    lonely = [clones[TRUTHS.indexes[samples] == 5].tolist() for samples, clones in parts if 50 in samples]
    assert lonely[:2] == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_identities_are_drawn_by_seed_and_epoch() -> None:
    def epoch(number: int, seed: int = 0) -> list[list[int]]:
        sampler = IdentitiesBySamples(identities=2, samples_each=2)
        return [s.tolist() for s, _ in sampler.batches(TRUTHS, number, clones=1, most=4, rng=Rng(seed))]

    assert epoch(1) == epoch(1)
    assert len({str(epoch(1)), str(epoch(2)), str(epoch(1, seed=1))}) == 3


def test_fewer_identities_than_asked_for_are_all_of_them() -> None:
    sampler = IdentitiesBySamples(identities=8, samples_each=2)
    samples, _ = next(sampler.batches(TRUTHS, 1, clones=1, most=12, rng=Rng(0)))
    assert Counter(TRUTHS.indexes[samples].tolist()) == dict.fromkeys(range(6), 2)


def test_a_minibatch_that_is_too_large_is_refused() -> None:
    with pytest.raises(UsageError, match="a minibatch of 24 samples is more than the 23"):
        next(IdentitiesBySamples(samples_each=4).batches(TRUTHS, 1, clones=1, most=23, rng=Rng(0)))


def test_the_sizes_are_those_of_the_batches():
    for sampler in (IdentitiesBySamples(identities=3, samples_each=4), Shuffled()):
        parts = sampler.batches(TRUTHS, 1, clones=2, most=14, rng=Rng(0))
        assert sorted(sampler.sizes(TRUTHS, clones=2, most=14)) == sorted(len(samples) for samples, _ in parts)
