"""Samples that are looked at: the very ones that an epoch trains on."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnlab.core.truth import Boxes
from nnlab.data.encode import decoded_pixels, encode_pixels
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import Data, load, survey
from nnlab.data.readers.boxes_csv import BoxesCsv
from nnlab.data.scaling import Scaling


def data(blobs: Path, **options: Any) -> Data:
    return load(DataOptions(datasets_path=str(blobs), dataset="blobs", resize=(12, 12), disk_cache=False, **options))


@pytest.mark.parametrize(
    "options",
    [
        {"augment": ("Rotate", "Noise", "Hue"), "max_minibatch_size": 7},
        {"augment": ("Rotate",), "nbr_clones": 2, "max_minibatch_size": 11, "input_scaling": "mean-std"},
        {"augment": ("Rotate",), "mixup": 0.4, "cutmix": 1.0, "max_minibatch_size": 9},
        {"mixup": 1.0, "input_range": (-1.0, 1.0), "flatten": False},
    ],
    ids=["steps", "clones", "both mixings", "mixup"],
)
def test_versions_are_what_an_epoch_trains_on(blobs: Path, options: dict[str, Any]) -> None:
    part = data(blobs, **options).training
    for epoch in (1, 2):
        found = part.versions(range(len(part)), epoch)
        assert len(found) == len(part) * options.get("nbr_clones", 1)
        inputs = np.concatenate([batch.inputs.reshape(len(batch), -1) for batch in part.batches(epoch)])
        shape = part.pixels(0).shape
        trained = decoded_pixels(inputs, shape, part._encoding.scaling)
        assert sorted(row.tobytes() for row in trained) == sorted(pixels.tobytes() for pixels, _ in found.values())
        if not part._augmentation.mixings:  # exactly, and in their order
            order = [pair for samples, clones in part._chosen(epoch)
                     for pair in zip(samples.tolist(), clones.tolist(), strict=True)]  # fmt: skip
            np.testing.assert_array_equal(trained, np.stack([found[pair][0] for pair in order]))


def test_some_of_them_are_as_they_are_among_all(blobs: Path) -> None:
    part = data(blobs, augment=("Rotate",), max_minibatch_size=5).training
    every, some = part.versions(range(len(part)), 3), part.versions([4, 17], 3)
    assert set(some) == {(4, 0), (17, 0)}
    for pair, (pixels, truth) in some.items():
        np.testing.assert_array_equal(pixels, every[pair][0])
        assert truth == every[pair][1] == part.truths[pair[0]]


def test_in_smaller_minibatches(blobs: Path) -> None:
    part = data(blobs).dev
    few = part.at_most(3)
    assert max(len(batch) for batch in few.batches()) == 3 < len(part)
    whole = np.concatenate([batch.inputs for batch in few.batches()])
    np.testing.assert_array_equal(whole, next(iter(part.batches())).inputs)


@pytest.mark.parametrize("scaling", [Scaling.of_range(-1, 1), Scaling.standard((0.4, 0.5, 0.6), (0.2, 0.3, 0.1))])
@pytest.mark.parametrize("flatten", [True, False])
def test_pixels_come_back_from_what_a_network_reads(scaling: Scaling, flatten: bool) -> None:
    pixels = np.arange(2 * 8 * 16 * 3, dtype=np.uint8).reshape(2, 8, 16, 3)
    encoded = encode_pixels(pixels, np.float32, flatten, scaling)
    np.testing.assert_array_equal(decoded_pixels(encoded, (8, 16, 3), scaling), pixels)


def test_boxes_of_which_a_part_shows_too_little_are_not_asked_for_there(tmp_path: Path) -> None:
    """They are cut to the part that is trained on, not to the whole picture; dev is scored whole."""
    lines = ["file,class,x0,y0,x1,y1"]
    for name in "abcdef":
        Image.fromarray(np.full((12, 12, 3), 99, np.uint8)).save(tmp_path / f"{name}.png")
        lines += [f"{name}.png,ball,{x},{y},{x + 3},{y + 3}" for x in range(0, 12, 3) for y in range(0, 12, 3)]
    (tmp_path / "boxes.csv").write_text("\n".join(lines))
    options = DataOptions(
        datasets_path=str(tmp_path.parent), dataset=tmp_path.name, resize=(12, 12), crop=(4, 5), nbr_clones=9,
        flatten=False, disk_cache=False,
    )  # fmt: skip
    loaded = load(options, outline=survey(options, reader=BoxesCsv()))
    truths = [truth for batch in loaded.training.batches(1) for truth in batch.truths]
    assert len(truths) == 9 * len(loaded.training)
    for truth in truths:
        assert isinstance(truth, Boxes)
        assert (truth.corners >= 0).all() and (truth.corners <= [4, 5, 4, 5]).all()
        assert len(truth.labels) <= 6 and (truth.corners[:, 2:] > truth.corners[:, :2]).all()
    assert all(isinstance(truth, Boxes) and len(truth.labels) == 16 for truth in loaded.dev.truths)
