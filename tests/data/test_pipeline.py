"""The whole way from files to batches."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import DataError
from nnlab.core.heads import OUTPUT
from nnlab.core.truths import labels_of
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.options import DataOptions
from nnlab.data.partition import Data, Targets, no_targets
from nnlab.data.pipeline import load, preparation_steps, survey
from nnlab.tasks.classification import Classification

WriteSet = Callable[..., Path]


@pytest.fixture(autouse=True)
def _own_cache(cache_folder: Path) -> None:
    """Every test starts with an empty cache."""


def loaded(folder: Path, *, dtype: str = "float32", targets: Targets = no_targets, **options: Any) -> Data:
    given = {"resize": (8, 6)} | options
    wanted = DataOptions(**given, dataset=folder.name, datasets_path=str(folder.parent))
    return load(wanted, dtype=dtype, targets=targets)


def one_hot(classes: int) -> Targets:
    """What a classification asks of a network."""
    return lambda truths, shape: Classification().targets(truths, {OUTPUT: (classes,)})


def inputs(data: Data, epoch: int | None = None) -> np.ndarray:
    return np.concatenate([batch.inputs for batch in data.training.batches(epoch)])


def by_source(data: Data, epoch: int) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for batch in data.training.batches(epoch):
        for row, source in zip(batch.inputs, batch.sources, strict=True):
            found.setdefault(source, []).append(row.tobytes())
    return {source: sorted(rows) for source, rows in found.items()}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_folder_becomes_batches(write_set: WriteSet, dtype: str) -> None:
    folder = write_set(classes=3, images=20)
    data = loaded(folder, dtype=dtype, targets=one_hot(3))
    assert data.names == ("0", "1", "2")
    assert data.sizes == {"training": 42, "dev": 9, "test": 9}
    assert (data.sample_shape, data.image_shape) == ((144,), (6, 8, 3))
    (batch,) = data.dev.batches()
    assert (batch.inputs.shape, batch.targets.keys(), len(batch)) == ((9, 144), {OUTPUT}, 9)
    target = batch.targets[OUTPUT].value
    assert target.shape == (9, 3)
    assert batch.inputs.dtype == target.dtype == np.dtype(dtype)
    assert [source.split("/")[0] for source in batch.sources] == [str(label) for label in target.argmax(axis=1)]
    assert labels_of(batch.truths).tolist() == target.argmax(axis=1).tolist()
    assert batch.sources == list(data.dev.sources)
    np.testing.assert_allclose(batch.inputs[4].reshape(6, 8, 3), data.dev.pixels(4) / 255, rtol=1e-6)
    assert (data.skipped, data.cached) == ((), 0)
    assert data.seconds > 0


def test_survey_foretells_what_load_gives(write_set: WriteSet) -> None:
    folder = write_set()
    options = DataOptions(dataset=folder.name, datasets_path=str(folder.parent), grayscale=True, flatten=False)
    told, data = survey(options), load(options)
    assert (told.names, told.sample_shape, told.sizes) == (data.names, data.sample_shape, data.sizes)
    assert told.sample_shape == (110, 110, 1)


def test_the_steps_come_in_their_order() -> None:
    options = DataOptions(trim=True, grayscale=True, minmax_normalize=True, adaptive_invert=True)
    assert [type(step).__name__ for step in preparation_steps(options)] == [
        "RemoveAlpha", "Trim", "Resize", "Grayscale", "MinmaxNormalize", "AdaptiveInvert",
    ]  # fmt: skip
    assert [type(step).__name__ for step in preparation_steps(DataOptions())] == ["RemoveAlpha", "Resize"]


def test_the_libraries_split_alike_and_see_alike(write_set: WriteSet) -> None:
    folder = write_set()
    one, *others = (loaded(folder, data_loader=name) for name in DATA_LOADERS.names())
    for other in others:
        assert one.training.sources == other.training.sources
        assert np.abs(inputs(one) - inputs(other)).mean() <= 2 / 255


def test_images_of_every_kind_end_alike(write_set: WriteSet) -> None:
    folder = write_set()
    for index, mode in enumerate(["L", "LA", "P", "1", "RGBA", "CMYK"]):
        with Image.open(folder / "0" / f"{index}.png") as image:
            converted = image.convert(mode)
        converted.save(folder / "0" / f"{index}.{'tif' if mode == 'CMYK' else 'png'}")
    assert loaded(folder).image_shape == (6, 8, 3)
    assert loaded(folder, grayscale=True).image_shape == (6, 8, 1)


def test_one_batch_without_chance_is_kept(write_set: WriteSet) -> None:
    data = loaded(write_set())
    assert next(data.training.batches(1)) is next(data.training.batches(2)) is next(data.training.batches())


def test_minibatches_are_shuffled_anew_each_epoch_and_hold_everything_once(write_set: WriteSet) -> None:
    data = loaded(write_set(), max_minibatch_size=5)
    epochs = [[batch.sources for batch in data.training.batches(epoch)] for epoch in (1, 2, 1)]
    assert [len(sources) for sources in epochs[0]] == [4, 4, 4, 4, 5]
    assert epochs[0] != epochs[1]
    assert epochs[0] == epochs[2]
    for sources in epochs:
        assert sorted(source for part in sources for source in part) == sorted(data.training.sources)
    assert [source for batch in data.training.batches() for source in batch.sources] == list(data.training.sources)


def test_a_batch_stays_as_it_is_while_others_are_made(write_set: WriteSet) -> None:
    data = loaded(write_set(), max_minibatch_size=5, noise_intensity=0.1)
    batches = list(data.training.batches(1))
    again = list(data.training.batches(1))
    for one, other in zip(batches, again, strict=True):
        np.testing.assert_array_equal(one.inputs, other.inputs)
        assert one.sources == other.sources


@pytest.mark.parametrize("library", DATA_LOADERS.names())
def test_augmentation_is_the_same_for_any_workers_batch_size_and_cache(write_set: WriteSet, library: str) -> None:
    folder = write_set()
    chance: dict[str, Any] = {"rot_angle": 30.0, "noise_intensity": 0.05, "nbr_clones": 2, "data_loader": library}
    expected = by_source(loaded(folder, workers=1, **chance), 3)
    assert all(len(set(rows)) == 2 for rows in expected.values())  # each clone by itself
    for options in ({"workers": 3}, {"max_minibatch_size": 7}, {"max_minibatch_size": 1, "workers": 2}):
        assert by_source(loaded(folder, **options, **chance), 3) == expected
    assert by_source(loaded(folder, **chance), 4) != expected
    assert by_source(loaded(folder, dataset_seed=1, **chance), 3) != expected


def test_a_samples_chance_does_not_depend_on_the_partition(write_set: WriteSet) -> None:
    folder = write_set()
    most = by_source(loaded(folder, rot_angle=30.0), 1)
    half = {"training": 0.5, "dev": 0.25, "test": 0.25}
    fewer = by_source(loaded(folder, rot_angle=30.0, partitions=half), 1)
    shared = most.keys() & fewer.keys()
    assert shared
    assert all(most[source] == fewer[source] for source in shared)


def test_dev_and_scoring_are_never_augmented(write_set: WriteSet) -> None:
    folder = write_set()
    plain, augmented = loaded(folder), loaded(folder, rot_angle=90.0, noise_intensity=0.5, nbr_clones=3)
    np.testing.assert_array_equal(inputs(plain), inputs(augmented))
    assert len(inputs(augmented, 1)) == 3 * len(inputs(plain))
    (one,), (other,) = plain.dev.batches(), augmented.dev.batches()
    np.testing.assert_array_equal(one.inputs, other.inputs)


def test_a_filter_chooses_samples_and_classes(write_set: WriteSet) -> None:
    data = loaded(write_set(), filter_dataset="0-4,10-14")
    assert data.names == ("0", "1")
    assert sum(data.sizes.values()) == 10


def test_a_second_run_comes_from_the_cache_and_equals_the_first(write_set: WriteSet) -> None:
    folder = write_set()
    first, second = loaded(folder), loaded(folder)
    assert (first.cached, second.cached) == (0, 30)
    np.testing.assert_array_equal(inputs(first), inputs(second))
    assert loaded(folder, dataset_seed=5).cached == 30  # the split is not what was cached
    assert loaded(folder, grayscale=True).cached == 0
    assert loaded(folder, disk_cache=False).cached == 0


def test_another_input_range_takes_the_same_pixels_from_the_cache(write_set: WriteSet) -> None:
    """Noise is added to the pixels, as a share of full scale, so it spreads with the range."""
    folder = write_set()
    for noise in (0.0, 0.3):
        usual, other = (loaded(folder, noise_intensity=noise, input_range=ends) for ends in ((0.0, 1.0), (-1.0, 3.0)))
        assert other.cached == len(other.training) + len(other.dev) + len(other.test)
        np.testing.assert_array_equal(usual.dev.pixels(0), other.dev.pixels(0))
        # float32: a few eps of the largest value, 3
        np.testing.assert_allclose(inputs(other, epoch=1), 4 * inputs(usual, epoch=1) - 1, rtol=0, atol=2e-6)


def test_a_changed_file_is_never_served_stale(write_set: WriteSet) -> None:
    folder = write_set()
    before = loaded(folder)
    path = folder / before.training.sources[0]
    status = path.stat()
    shutil.copy(folder / before.training.sources[1], path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # a change that dates do not show
    after = loaded(folder)
    assert after.cached == 0
    np.testing.assert_array_equal(inputs(after)[0], inputs(before)[1])


BAD: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("hello\n"),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-100]),
    "folder": lambda path: (path.unlink(), path.mkdir()),
    "pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "link to nothing": lambda path: (path.unlink(), path.symlink_to("nowhere")),
}


@pytest.mark.parametrize("library", DATA_LOADERS.names())
@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_named_or_left_out_and_listed(write_set: WriteSet, kind: str, library: str) -> None:
    folder = write_set()
    BAD[kind](folder / "1" / "3.png")
    for _ in range(2):  # the second time from the cache
        with pytest.raises(DataError) as caught:
            loaded(folder, data_loader=library)
        assert str(caught.value).startswith(f"{folder}/1/3.png: ")
        assert "--skip-bad-images" in str(caught.value)
        assert caught.value.exit_code == 5
    data = loaded(folder, data_loader=library, skip_bad_images=True)
    ((source, reason),) = data.skipped
    assert source == "1/3.png"
    assert reason in str(caught.value)
    assert sum(data.sizes.values()) == 29
    assert all("1/3.png" not in part.sources for part in (data.training, data.dev, data.test))


def test_several_bad_files_are_told_together(write_set: WriteSet) -> None:
    folder = write_set()
    for index in range(6):
        (folder / "2" / f"{index}.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"2/0\.png: empty .*bad as well: 2/1\.png, 2/2\.png, 2/3\.png and 2 more"):
        loaded(folder)


def test_when_nothing_of_a_class_is_left_it_is_named(write_set: WriteSet) -> None:
    folder = write_set()
    for path in (folder / "1").iterdir():
        path.write_bytes(b"")
    with pytest.raises(DataError, match="small/1: no image of this class is left"):
        loaded(folder, skip_bad_images=True)


def test_what_names_alone_show_is_said_before_anything_is_decoded(
    write_set: WriteSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_set(images=1)
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail("opened"))
    with pytest.raises(DataError, match="class with one image"):
        loaded(folder)


def test_progress_counts_every_image(write_set: WriteSet) -> None:
    folder, told = write_set(), []
    options = DataOptions(dataset=folder.name, datasets_path=str(folder.parent))
    load(options, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (30, 30)


def test_mixing_is_the_same_for_any_workers_and_for_training_alone(write_set: WriteSet) -> None:
    folder = write_set()
    chance: dict[str, Any] = {"mixup": 0.4, "cutmix": 1.0, "max_minibatch_size": 6, "noise_intensity": 0.05}
    data, other = (loaded(folder, workers=workers, **chance) for workers in (1, 3))
    for epoch in (1, 2):
        np.testing.assert_array_equal(inputs(data, epoch), inputs(other, epoch))
    plain = loaded(folder, max_minibatch_size=6, noise_intensity=0.05)
    np.testing.assert_array_equal(inputs(data), inputs(plain))
    for one, other in zip(data.training.batches(1), plain.training.batches(1), strict=True):
        assert sorted(one.sources) == sorted(other.sources)
    assert not np.array_equal(inputs(data, 1), inputs(plain, 1))
    whole = loaded(folder, mixup=0.4)  # one minibatch, yet another in every epoch
    assert not np.array_equal(inputs(whole, 1), inputs(whole, 2))
