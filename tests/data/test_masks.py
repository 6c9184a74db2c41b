"""A set whose truth is a mask for every picture: the whole way, with a reader of this test's own."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from PIL import Image

from nnlab.core.rng import Rng
from nnlab.core.truth import VOID, Mask, Truth
from nnlab.data.augment import Augmentation
from nnlab.data.bad_images import without_bad_images
from nnlab.data.cache import Prepared
from nnlab.data.given import Filed
from nnlab.data.images.base import ImageLibrary
from nnlab.data.names import is_image, natural
from nnlab.data.options import DataOptions
from nnlab.data.partition import Encoding, Partition, no_targets
from nnlab.data.pipeline import preparation_steps
from nnlab.data.prepare import Preparation
from nnlab.data.readers.base import Reader
from nnlab.data.source import Sample, Source
from nnlab.data.split import split
from nnlab.data.steps.rotate import Rotate

OPTIONS = DataOptions(resize=(12, 10), trim=True)


@dataclass(frozen=True, eq=False)
class MaskFile(Filed):
    """A picture whose grey values are classes."""

    def read(self, encoded: bytes, lib: ImageLibrary) -> Truth:
        return Mask(np.ascontiguousarray(lib.pixels(lib.decode(encoded))[:, :, 0]))


@dataclass(kw_only=True, eq=False)
class ImageMaskPairs(Reader):
    """`images/` and `masks/` with files of the same names."""

    about: ClassVar[str] = "masks"

    def find(self, folder: Path) -> Source:
        names = sorted((path.name for path in (folder / "images").iterdir() if is_image(path.name)), key=natural)
        samples = (
            Sample(number, folder / "images" / name, f"images/{name}", MaskFile(folder / "masks" / name))
            for number, name in enumerate(names)
        )
        return Source(folder, ("ground", "thing"), tuple(samples))


def write_pairs(folder: Path, count: int = 6) -> Path:
    """Dark things on a light ground, which the masks name: 1 on 0."""
    for kind in ("images", "masks"):
        (folder / kind).mkdir(parents=True)
    for index in range(count):
        mask = np.zeros((30, 40), np.uint8)
        mask[8 : 16 + index, 5 : 20 + index] = 1
        Image.fromarray(np.where(mask, 20 + index, 220).astype(np.uint8)).save(folder / "images" / f"{index}.png")
        Image.fromarray(mask).save(folder / "masks" / f"{index}.png")
    return folder


def prepared(folder: Path, library: ImageLibrary, *, disk_cache: bool = True) -> Prepared:
    preparation = Preparation(steps=preparation_steps(OPTIONS), library=library, disk_cache=disk_cache)
    return preparation.images(ImageMaskPairs().find(folder).samples)


def masks(entry: Prepared) -> np.ndarray:
    return np.stack([truth.pixels for truth in entry.truths if isinstance(truth, Mask)])


@pytest.fixture(autouse=True)
def _own_cache(cache_folder: Path) -> None:
    """Every test starts with an empty cache."""


def test_masks_are_prepared_with_their_pictures(tmp_path: Path, library: ImageLibrary) -> None:
    """Each was trimmed to its thing and stretched: dark where its mask says so, and void at the borders."""
    entry = prepared(write_pairs(tmp_path), library)
    found = masks(entry)
    assert (found.shape, found.dtype, entry.pixels.shape) == ((6, 10, 12), np.uint8, (6, 10, 12, 3))
    assert set(np.unique(found)) <= {0, 1, VOID} and (found == 1).sum() > 300
    assert (entry.pixels[found == 1] < 128).all()
    assert (entry.pixels[found == VOID] > 128).all()


def test_the_cache_gives_the_same_masks_without_reading_a_picture(
    tmp_path: Path, library: ImageLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_pairs(tmp_path)
    first = prepared(folder, library)
    assert not first.from_cache
    with monkeypatch.context() as patch:
        patch.setattr(type(library), "decode", lambda *_: pytest.fail("was decoded"))
        second = prepared(folder, library)
    assert second.from_cache
    assert second.content == first.content
    np.testing.assert_array_equal(second.pixels, first.pixels)
    np.testing.assert_array_equal(masks(second), masks(first))
    np.testing.assert_array_equal(masks(prepared(folder, library, disk_cache=False)), masks(first))


def test_a_mask_that_changed_is_read_anew(tmp_path: Path, library: ImageLibrary) -> None:
    folder = write_pairs(tmp_path)
    first = prepared(folder, library)
    Image.fromarray(np.full((30, 40), 1, np.uint8)).save(folder / "masks" / "3.png")
    second = prepared(folder, library)
    assert not second.from_cache
    assert second.content != first.content
    assert set(np.unique(masks(second)[3])) <= {1, VOID}


def test_no_flipped_bit_of_a_kept_mask_is_served(
    tmp_path: Path, cache_folder: Path, library: ImageLibrary, caplog: pytest.LogCaptureFixture
) -> None:
    folder = write_pairs(tmp_path)
    first = prepared(folder, library)
    (path,) = (cache_folder / "prepared").iterdir()
    sound = path.read_bytes()
    for place in (-1, -200, -6 * 10 * 12):  # the last byte, one amid the masks, the first of them
        damaged = bytearray(sound)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        caplog.clear()
        with caplog.at_level(logging.WARNING, "nnlab.data"):
            again = prepared(folder, library)
        assert not again.from_cache and "the checksum of its truths is wrong" in caplog.text
        np.testing.assert_array_equal(masks(again), masks(first))
    path.write_bytes(sound[:-1])
    assert not prepared(folder, library).from_cache


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda path: path.unlink(), "masks/2.png: cannot be read (No such file"),
        (lambda path: path.write_bytes(b""), "masks/2.png: empty"),
        (lambda path: Image.new("L", (40, 29)).save(path), "its mask is 40 x 29 pixels, and the picture 40 x 30"),
    ],
)
def test_a_bad_mask_is_a_bad_sample(
    tmp_path: Path, library: ImageLibrary, damage: Callable[[Path], object], reason: str
) -> None:
    folder = write_pairs(tmp_path)
    damage(folder / "masks" / "2.png")
    for _ in range(2):  # as it is kept as well
        entry = prepared(folder, library)
        assert list(entry.faults) == [2]
        assert reason in entry.faults[2]
    assert entry.from_cache
    found = ImageMaskPairs().find(folder)
    options = DataOptions(skip_bad_images=True, partitions={"training": 0.5, "dev": 0.5, "test": 0.0})
    members = without_bad_images(found, split(found, options.partitions, 0), entry.faults, options)
    assert sorted(place for part in members.values() for place in part) == [0, 1, 3, 4, 5]


def test_clones_of_a_training_sample_turn_with_their_masks(tmp_path: Path, library: ImageLibrary) -> None:
    found = ImageMaskPairs().find(write_pairs(tmp_path))
    entry = prepared(tmp_path, library)
    chance = Augmentation(steps=[Rotate(max_degrees=90.0)], library=library, rng=Rng(0), clones=2, workers=2)
    part = Partition(
        "training",
        found.samples,
        entry,
        [0, 1, 4, 5],
        encoding=Encoding(targets=no_targets, most=100),
        augmentation=chance,
    )
    assert [truth is entry.truths[place] for truth, place in zip(part.truths, [0, 1, 4, 5], strict=True)] == [True] * 4
    pixels = entry.pixels[[0, 0, 4]]
    truths = (entry.truths[0], entry.truths[0], entry.truths[4])
    turned, moved = chance.batch(pixels, truths, 1, np.array([0, 0, 4]), np.array([0, 1, 0]))
    found_masks = [truth.pixels for truth in moved if isinstance(truth, Mask)]
    assert len(found_masks) == 3 and not np.array_equal(found_masks[0], found_masks[1])
    for picture, mask in zip(turned, found_masks, strict=True):
        inner = picture[:, :, 0] < 30  # wholly dark: no edge runs through the pixel
        assert inner.sum() > 10 and (mask[inner] == 1).all()


def test_samples_without_classes_are_dealt_all_together(tmp_path: Path) -> None:
    found = ImageMaskPairs().find(write_pairs(tmp_path, 20))
    shares = {"training": 0.7, "dev": 0.15, "test": 0.15}
    members = split(found, shares, 0)
    assert {name: len(places) for name, places in members.items()} == {"training": 14, "dev": 3, "test": 3}
    assert sorted(place for places in members.values() for place in places) == list(range(20))
    assert members == split(found, shares, 0) != split(found, shares, 1)
