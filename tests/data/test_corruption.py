"""What a network is given and what is true of it: corrupted the one, clean the other, both in the same place."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import UsageError
from nnlab.core.pictures import values_of
from nnlab.data.options import DataOptions
from nnlab.data.partition import Data
from nnlab.data.pipeline import load, survey
from nnlab.data.readers.any_pictures import AnyPictures
from nnlab.tasks.reconstruction import Reconstruction

TASK = Reconstruction()


@pytest.fixture
def read(tmp_path: Path) -> Any:
    generator = np.random.default_rng(0)
    folder = tmp_path / "set"
    folder.mkdir()
    for place in range(12):
        Image.fromarray(generator.integers(60, 200, (6, 6), dtype=np.uint8)).save(folder / f"{place}.png")

    def run(**options: Any) -> Data:
        chosen = DataOptions(
            dataset="set", datasets_path=str(tmp_path), resize=(6, 6), grayscale=True, disk_cache=False, **options
        )
        outline = survey(chosen, reader=AnyPictures())
        return load(chosen, outline=outline, targets=lambda truths, shape: TASK.targets(truths, {"output": shape}))

    return run


def test_without_corruption_the_target_is_the_input_to_the_last_bit(read: Any) -> None:
    data = read(augment=("HorizontalFlip", "Rotate:max_degrees=20"), nbr_clones=2)
    for batch in data.training.batches(1):
        np.testing.assert_array_equal(batch.targets["output"].value, batch.inputs)
        np.testing.assert_array_equal(values_of(batch.truths), batch.inputs)
    clean, turned = (next(iter(data.training.batches(epoch))).inputs for epoch in (None, 1))
    assert clean.shape[1:] == turned.shape[1:] and not np.array_equal(clean[:4], turned[:4])


def test_noise_of_the_augmentation_is_in_the_input_alone(read: Any) -> None:
    (batch,) = read(augment=("Noise:intensity=0.1",)).training.batches(1)
    off = batch.inputs - batch.targets["output"].value
    assert off.std() == pytest.approx(0.1, rel=0.1)  # of 288 numbers


def test_corruption_is_in_every_partition_always_alike_but_in_training(read: Any) -> None:
    data = read(corrupt=("Noise:intensity=0.1",))
    clean = read()
    for name in ("dev", "test"):
        part = getattr(data, name)
        (one,), (other,), (pure,) = part.batches(), part.batches(), getattr(clean, name).batches()
        np.testing.assert_array_equal(one.inputs, other.inputs)
        np.testing.assert_array_equal(one.targets["output"].value, pure.inputs)
        assert not np.array_equal(one.inputs, pure.inputs)
        np.testing.assert_array_equal(part.inputs(np.arange(len(part))).reshape(len(part), -1), one.inputs)
        np.testing.assert_array_equal(part.pixels(0).reshape(-1) * np.float32(1 / 255), one.inputs[0])
    assert data.training.is_random
    (first,), (second,) = data.training.batches(1), data.training.batches(2)
    assert not np.array_equal(np.sort(first.inputs, axis=0), np.sort(second.inputs, axis=0))


def test_a_place_is_corrupted_where_it_was_moved_to(read: Any) -> None:
    data = read(augment=("HorizontalFlip:probability=1",), corrupt=("Noise:intensity=0.02",))
    (batch,) = data.training.batches(1)
    assert np.abs(batch.inputs - batch.targets["output"].value).max() < 0.12  # six times the noise; 0.5 if not moved


def test_a_step_that_moves_pixels_is_no_corruption() -> None:
    with pytest.raises(UsageError, match=r"Rotate moves pixels.*use --augment"):
        DataOptions(corrupt=("Rotate",))
