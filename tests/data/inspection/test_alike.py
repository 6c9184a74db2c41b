"""Which pictures are the same."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from nnlab.data.images.pillow_resize import resized
from nnlab.data.inspection import alike
from nnlab.data.inspection.alike import BITS, Group, groups_alike, near_ties
from nnlab.data.inspection.look import THUMB
from nnlab.data.inspection.perceptual import SIDE, perceptual_hashes
from nnlab.data.luma import luma


def drawn(seed: int, height: int = 60, width: int = 80) -> np.ndarray:
    """Coloured blocks, and noise."""
    chance = np.random.default_rng(seed)
    coarse = chance.integers(0, 256, (-(-height // 10), -(-width // 10), 3))
    pixels = np.repeat(np.repeat(coarse, 10, axis=0), 10, axis=1)[:height, :width]
    return (pixels + chance.integers(-6, 7, pixels.shape)).clip(0, 255).astype(np.uint8)


def hashed(pictures: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    grey = np.stack([resized(luma(p)[:, :, None], SIDE, SIDE, "bilinear")[:, :, 0] for p in pictures])
    return perceptual_hashes(grey), np.stack([resized(p, THUMB, THUMB, "bilinear") for p in pictures])


def jpeg(pixels: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def test_the_hash_is_a_cosine_transform_above_its_median() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (3, SIDE, SIDE)).astype(np.uint8)
    k, i = np.arange(8)[:, None], np.arange(SIDE)
    cosines = np.cos(np.pi * k * (2 * i + 1) / 64)
    for picture, found in zip(grey, perceptual_hashes(grey), strict=True):
        whole = (cosines @ picture.astype(float) @ cosines.T).ravel()
        bits = whole > np.median(whole[1:])
        assert int(found) == int("".join("1" if bit else "0" for bit in bits), 2)


@pytest.mark.parametrize("change", ["jpeg", "smaller", "lighter"])
def test_a_picture_that_was_changed_a_little_is_found_among_others(change: str) -> None:
    others = [drawn(seed) for seed in range(200)]
    one = others[7]
    changed = {
        "jpeg": jpeg(one, 75),
        "smaller": resized(one, 40, 30, "area"),
        "lighter": np.clip(one * 0.93 + 12, 0, 255).astype(np.uint8),
    }[change]
    assert near_ties(*hashed([*others, changed])).roots.tolist() == [*range(200), 7]


def test_what_only_differs_in_colour_is_not_the_same() -> None:
    red, green = (np.full((60, 80, 3), 90, np.uint8) for _ in range(2))
    red[20:40, 30:60] = (250, 60, 60)
    green[20:40, 30:60] = (60, 157, 60)  # as bright as the red
    (one, other), thumbs = hashed([red, green])
    assert int(np.bitwise_count(one ^ other)) <= BITS
    assert near_ties(np.array([one, other]), thumbs).pairs.sum() == 0


@settings(max_examples=8)
@given(st.integers(0, 2**32), st.integers(1, 90))
def test_pairs_are_those_that_holding_each_against_each_finds(seed: int, count: int) -> None:
    chance = np.random.default_rng(seed)
    base = chance.integers(0, 2**64, max(1, count // 4), dtype=np.uint64)
    flips = np.uint64(1) << chance.integers(0, 64, (count, 4)).astype(np.uint64)
    hashes = base[chance.integers(0, len(base), count)] ^ np.bitwise_xor.reduce(flips, axis=1)
    thumbs = np.broadcast_to(chance.integers(0, 256, (16, 16, 3)).astype(np.uint8), (count, 16, 16, 3))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alike, "AT_ONCE", 3 * count)
        found = near_ties(hashes, thumbs, chains=False)
        quick = near_ties(hashes, thumbs)
    wanted = [[j for j in range(i, count) if int(hashes[i] ^ hashes[j]).bit_count() <= BITS] for i in range(count)]
    assert found.pairs.tolist() == [len(near) - 1 for near in wanted]
    lowest = list(range(count))
    for _ in range(count):  # until nothing changes: a pair at a time
        for near in wanted:
            for j in near:
                lowest[near[0]] = lowest[j] = min(lowest[near[0]], lowest[j])
    assert found.roots.tolist() == quick.roots.tolist() == lowest


def test_of_many_that_are_alike_no_pairs_are_kept_and_few_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared, confirmed = [], alike._confirmed
    monkeypatch.setattr(
        alike, "_confirmed", lambda pairs, *others: compared.append(len(pairs)) or confirmed(pairs, *others)
    )
    monkeypatch.setattr(alike, "COMPARED", count := 300)
    ties = near_ties(np.zeros(count, np.uint64), np.broadcast_to(drawn(0, 16, 16), (count, 16, 16, 3)))
    assert not ties.roots.any()
    assert sum(compared) < 2 * 3 * count  # twice, coarse and fine; of count * (count - 1) / 2 pairs


def test_groups_join_what_pairs_tie_together_and_say_which_are_equal_to_the_byte() -> None:
    pictures = [drawn(seed) for seed in range(6)]
    pictures[3] = jpeg(pictures[0], 80)
    hashes, thumbs = hashed(pictures)
    digests = [b"a", b"b", b"c", b"d", b"b", b"a"]
    found = groups_alike(digests, hashes, thumbs, np.ones(6, bool))
    assert found == (Group((0, 3, 5), exact=False), Group((1, 4), exact=True))


def test_flat_pictures_are_compared_to_the_byte_alone() -> None:
    flat = [np.full((20, 20, 3), 200, np.uint8) + np.uint8(seed) for seed in range(3)]
    hashes, thumbs = hashed(flat)
    found = groups_alike([b"a", b"b", b"a"], hashes, thumbs, np.zeros(3, bool))
    assert found == (Group((0, 2), exact=True),)


def test_no_pictures_have_no_groups() -> None:
    assert groups_alike([], np.empty(0, np.uint64), np.empty((0, 16, 16, 3), np.uint8), np.empty(0, bool)) == ()


def test_a_chain_is_no_group_where_most_of_its_samples_are_not_alike() -> None:
    hashes = np.array([(1 << 8 * place) - 1 for place in range(5)], np.uint64)  # each 8 bits from the next
    thumbs = np.broadcast_to(drawn(0, 16, 16), (5, 16, 16, 3))
    given = ([b"%d" % place for place in range(5)], hashes, thumbs, np.ones(5, bool))
    assert groups_alike(*given) == (Group((0, 1, 2, 3, 4), exact=False),)
    assert groups_alike(*given, chains=False) == ()
