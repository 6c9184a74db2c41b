"""NumPy's .npz: the forms that images and labels come in, and each thing that can be wrong with them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.data.find import find
from nnlab.data.readers.base import recognised
from nnlab.data.readers.npz import Npz

GREY = np.random.default_rng(0).integers(0, 256, (8, 5, 4), dtype=np.uint8)
COLOUR = np.random.default_rng(1).integers(0, 256, (8, 5, 6, 3), dtype=np.uint8)
Y = np.arange(8) % 2


def saved(folder: Path, **arrays: Any) -> Path:
    np.savez_compressed(folder / "set.npz", **arrays)
    return folder / "set.npz"


def pixels(path: Path) -> np.ndarray:
    return np.stack([sample.pixels for sample in Npz().find(path).samples])


def refused(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        Npz().find(path)
    assert caught.value.exit_code == 5
    return str(caught.value).replace(str(path), "FILE")


def test_images_and_labels_that_are_dealt(tmp_path: Path) -> None:
    found = find("set.npz", str(saved(tmp_path, x=COLOUR, y=Y).parent))
    assert (found.names, found.partitions) == (("0", "1"), {})
    assert [sample.source for sample in found.samples[:2]] == ["set.npz#0", "set.npz#1"]
    assert {sample.partition for sample in found.samples} == {None}


@pytest.mark.parametrize(
    "keys",
    [
        ("x_train", "y_train", "x_test", "y_test"),
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("X_train", "Y_train", "X_test", "Y_test"),
        ("xtrain", "ytrain", "xtest", "ytest"),
    ],
)
def test_a_pair_for_each_partition(keys: tuple[str, ...], tmp_path: Path) -> None:
    path = saved(tmp_path, **dict(zip(keys, (GREY, Y[:, None], GREY[:2], Y[:2, None]), strict=True)))
    found = Npz().find(tmp_path)  # a folder with one file
    assert found.partitions == {"training": f"set.npz#{keys[0]}", "test": f"set.npz#{keys[2]}"}
    assert [s.partition for s in found.samples] == ["training"] * 8 + ["test"] * 2
    assert found.samples[8].path == path and found.samples[8].source == f"set.npz#{keys[2]}#0"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (GREY, GREY[..., None]),
        (COLOUR, COLOUR),
        (COLOUR.transpose(0, 3, 1, 2), COLOUR),
        (COLOUR.astype(np.int64), COLOUR),
        (COLOUR / 255, COLOUR),
        ((COLOUR / 255).astype(np.float16), None),
        (COLOUR.astype(np.float32), COLOUR),
        (GREY > 99, (GREY > 99)[..., None] * np.uint8(255)),
    ],
    ids=["grey", "colour", "channels first", "int64", "0 to 1", "half", "float to 255", "bool"],
)
def test_the_forms_of_images(given: np.ndarray, expected: np.ndarray | None, tmp_path: Path) -> None:
    read = pixels(saved(tmp_path, x=given, y=Y))
    assert read.dtype == np.uint8
    if expected is None:  # half precision has 11 bits, so each of 256 values comes back
        expected = COLOUR
    np.testing.assert_array_equal(read, expected)


def test_whether_numbers_end_at_1_is_asked_of_all_partitions_together(tmp_path: Path) -> None:
    path = saved(tmp_path, x_train=COLOUR.astype(float), y_train=Y, x_test=np.ones((2, 5, 6)), y_test=Y[:2])
    assert pixels_of_test(path) == 1
    dark = np.full((2, 5, 6), 1.6)  # which is neither 0 to 1 nor doubtful beside brighter ones
    path = saved(tmp_path, x_train=COLOUR.astype(float), y_train=Y, x_test=dark, y_test=Y[:2])
    assert pixels_of_test(path) == 2


def pixels_of_test(path: Path) -> int:
    return int(Npz().find(path).samples[-1].pixels[0, 0, 0])


def test_names_of_classes(tmp_path: Path) -> None:
    assert Npz().find(saved(tmp_path, x=GREY, y=Y, classes=["cat", "dog"])).names == ("cat", "dog")
    found = Npz().find(saved(tmp_path, x=GREY, y=np.array(["dog", "cat"])[Y]))
    assert found.names == ("cat", "dog")
    assert [sample.truth.index for sample in found.samples[:2]] == [1, 0]


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"x": GREY, "y": Y[:7]}, "set.npz has 8 images, and there are 7 labels"),
        ({"x": GREY}, "x has no labels beside it"),
        ({"y": Y}, "y has no images beside it"),
        ({"a": GREY}, "has no arrays x and y, or x_train and y_train (it has a)"),
        ({"x_test": GREY, "y_test": Y}, "has no arrays x and y"),
        ({"x": GREY.reshape(8, 20), "y": Y}, "x has the shape 8 x 20"),
        ({"x": GREY.astype(complex), "y": Y}, "x has the type complex128"),
        ({"x": GREY.astype(np.int16) - 300, "y": Y}, "x has values of -300 to"),
        ({"x": np.full((8, 5, 4), np.nan), "y": Y}, "x has NaN or infinite values, first in picture 0"),
        ({"x": np.full((8, 5, 4), 1.2), "y": Y}, "x has values up to 1.2, which are neither of 0 to 1 nor of 0 to 255"),
        ({"x": GREY, "y": np.eye(2)[Y]}, "y has the shape 8 x 2"),
        ({"x": GREY, "y": Y + 0.5}, "y has the type float64, and labels are whole numbers"),
        ({"x": GREY, "y": Y - 1}, "label -1 of set.npz#0 is out of range"),
        ({"x": GREY, "y": Y, "classes": ["one", "one"]}, "names the class one twice"),
        ({"x": GREY, "y": Y, "classes": ["one"]}, "label 1 of set.npz#1 is out of range; its 1 classes are 0 to 0"),
        ({"x": GREY[:0], "y": Y[:0]}, "has no images"),
        ({"x": np.array([{}, {}]), "y": Y[:2]}, "an array of objects, which only pickle reads"),
    ],
)
def test_what_is_wrong_is_one_line_with_the_file(arrays: dict[str, Any], said: str, tmp_path: Path) -> None:
    line = refused(saved(tmp_path, **arrays))
    assert line.startswith("FILE: ") and said in line and "\n" not in line


def test_files_that_are_cut_short_or_are_none(tmp_path: Path) -> None:
    path = saved(tmp_path, x=GREY, y=Y)
    path.write_bytes(path.read_bytes()[:-40])
    assert "FILE: truncated, or no .npz file" in refused(path)
    path.write_text("a table, say")
    assert "FILE: truncated, or no .npz file" in refused(path)


def test_features_that_lie_beside_class_folders_are_no_dataset(tmp_path: Path) -> None:
    saved(tmp_path, x=GREY, y=Y)
    assert isinstance(recognised(tmp_path), Npz)
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "a.png").write_bytes(b"")
    assert recognised(tmp_path) is None
