"""Prepared sets on disk: batches as from memory whatever is true of their pictures, kept once, removed for room."""

import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from nnlab.core.batch import Batch
from nnlab.core.errors import ResourceError
from nnlab.core.pictures import Picture
from nnlab.core.truth import Boxes, Label, Mask, Points, Truth, Values
from nnlab.data.kept_truths import digest
from nnlab.data.options import DataOptions
from nnlab.data.partition import Data
from nnlab.data.pipeline import load, survey
from nnlab.data.readers.any_pictures import AnyPictures
from nnlab.data.readers.base import Reader
from nnlab.data.readers.boxes_csv import BoxesCsv
from nnlab.data.readers.keypoints_csv import KeypointsCsv
from nnlab.data.readers.labels_csv import LabelsCsv
from nnlab.data.readers.masks import Masks as MaskFolders
from nnlab.data.readers.targets_csv import TargetsCsv
from nnlab.data.shards import kept
from nnlab.data.shards.kept import folder_of_shards, has
from nnlab.data.shards.masks import Masks
from nnlab.data.shards.row_files import RowFiles

SMALL, LARGE = "1K", "1G"


@pytest.fixture(autouse=True)
def _own_cache(cache_folder: Path) -> None:
    """Every test starts with an empty cache."""


def loaded(repository: Path, memory: str, reader: Reader, **more: object) -> Data:
    said: dict[str, object] = {
        "datasets_path": str(repository / "datasets"), "dataset": "shapes", "filter_dataset": "0-29",
        "resize": (16, 12), "max_minibatch_size": 7, "nbr_clones": 2, "flatten": False, "data_memory": memory,
        "augment": ("Rotate:max_degrees=30", "Noise"), "input_scaling": "mean-std",
    }  # fmt: skip
    options = DataOptions(**(said | more))  # type: ignore[arg-type]
    return load(options, outline=survey(options, reader=reader.going_by(options)))


def told(truths: Sequence[Truth]) -> list[bytes]:
    return [truth.values.tobytes() if isinstance(truth, Picture) else digest(truth) for truth in truths]


def passes(data: Data) -> Iterator[Batch]:
    for part in (data.training, data.dev, data.test):
        for epoch in (2, None):
            yield from part.batches(epoch)
    yield from data.training.shuffled()


@pytest.mark.parametrize(
    ("reader", "kind"),
    [
        (LabelsCsv(), Label),
        (MaskFolders(), Mask),
        (BoxesCsv(), Boxes),
        (KeypointsCsv(), Points),
        (TargetsCsv(), Values),
        (AnyPictures(), Picture),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Reader) else "",
)
def test_the_same_batches_as_from_memory(repository: Path, reader: Reader, kind: type[Truth]) -> None:
    held = loaded(repository, LARGE, reader)
    assert not folder_of_shards().exists()
    for attempt in (loaded(repository, SMALL, reader), loaded(repository, SMALL, reader)):  # made, and found again
        assert isinstance(attempt.training._images, RowFiles) and not isinstance(held.training._images, RowFiles)
        assert (attempt.sizes, attempt.scaling, attempt.content) == (held.sizes, held.scaling, held.content)
        for ours, theirs in zip(passes(attempt), passes(held), strict=True):
            assert (ours.inputs.dtype, ours.inputs.shape) == (np.float32, theirs.inputs.shape)
            assert ours.inputs.tobytes() == theirs.inputs.tobytes()
            assert all(isinstance(truth, kind) for truth in ours.truths)
            assert told(ours.truths) == told(theirs.truths) and ours.sources == theirs.sources
        np.testing.assert_array_equal(attempt.dev.pixels(1), held.dev.pixels(1))
        assert told(attempt.test.truths) == told(held.test.truths)
    assert attempt.cached == 30
    assert len(list(folder_of_shards().iterdir())) == 1


def test_masks_stay_on_disk(repository: Path) -> None:
    masks = loaded(repository, SMALL, MaskFolders()).training.truths
    assert isinstance(masks, Masks) and isinstance(masks[2:5], Masks)
    assert told(masks[2:5]) == told([masks[2], masks[3], masks[4]])


def test_the_bound_counts_masks(repository: Path) -> None:
    """30 pictures of 16 x 12 take 17,280 bytes, and 5,760 more with their masks."""
    for reader, least in ((LabelsCsv(), 17_280), (MaskFolders(), 23_040)):
        for memory, filed in ((least, False), (least - 1, True)):
            found = loaded(repository, str(memory), reader, disk_cache=False)
            assert isinstance(found.training._images, RowFiles) == filed
    assert list(folder_of_shards().iterdir()) == []  # nothing is kept, and what is open is still there
    assert found.training.pixels(0).any()


def only_set() -> Path:
    (folder,) = folder_of_shards().iterdir()
    return folder


@pytest.mark.parametrize("damage", ["flip", "cut", "about", "missing", "other"])
def test_a_damaged_set_is_made_anew(
    repository: Path, damage: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = loaded(repository, SMALL, LabelsCsv()).training._images[:]
    pixels, about = only_set() / "pixels-000", only_set() / "about"
    content = bytearray(pixels.read_bytes())
    content[100] ^= 1
    if damage == "about":
        about.write_bytes(about.read_bytes()[:-9])
    elif damage == "missing":
        about.unlink()
    elif damage == "other":
        monkeypatch.setattr(kept, "LAYOUT", "nnlab shards 2")
    else:
        pixels.write_bytes(content[: -1 if damage == "cut" else None])
    with caplog.at_level(logging.WARNING, "nnlab.data"):
        second = loaded(repository, SMALL, LabelsCsv())
    assert second.cached == 0
    assert ["anew" in record.message for record in caplog.records] == [True] * (damage != "missing")
    np.testing.assert_array_equal(second.training._images[:], first)
    assert loaded(repository, SMALL, LabelsCsv()).cached == 30


def test_what_another_process_made_meanwhile_stays(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(repository, SMALL, LabelsCsv())
    before = only_set().stat().st_ino
    with monkeypatch.context() as patch:
        patch.setattr("nnlab.data.shards.kept.fetch", lambda name: None)
        second = loaded(repository, SMALL, LabelsCsv())
    assert only_set().stat().st_ino == before and len(second.training) == 21
    assert has(only_set().name)


def test_older_sets_and_what_was_killed_go_where_room_is_wanted(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(repository, SMALL, LabelsCsv())
    old = only_set()
    killed, young = folder_of_shards() / "making-killed", folder_of_shards() / "making-young"
    for folder in (killed, young):
        folder.mkdir()
    os.utime(killed, (1, 1))
    loaded(repository, SMALL, LabelsCsv(), resize=(17, 17))
    assert old.exists() and not killed.exists() and young.exists()
    monkeypatch.setattr(kept, "_free", lambda folder: 0)
    loaded(repository, SMALL, LabelsCsv(), resize=(18, 18))
    (last,) = (path for path in folder_of_shards().iterdir() if path != young)
    assert (last / "pixels-000").stat().st_size == 30 * 18 * 18 * 3


def test_a_set_in_the_making_that_lives_is_left_alone(repository: Path) -> None:
    with kept.being_made(10) as folder:
        os.utime(folder, (1, 1))
        loaded(repository, SMALL, LabelsCsv())
        assert folder.is_dir()
    assert not folder.exists()


def test_what_is_no_mask_of_bytes_is_one_line(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "nnlab.data.readers.shared.mask_files.MaskFile.read", lambda *_: Mask(np.zeros((64, 64), np.int64))
    )
    with pytest.raises(ResourceError, match="no mask of bytes") as caught:
        loaded(repository, SMALL, MaskFolders())
    assert "--data-memory" in str(caught.value) and caught.value.exit_code == 1
    assert list(folder_of_shards().iterdir()) == []
