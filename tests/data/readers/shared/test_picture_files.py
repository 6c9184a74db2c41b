"""Which files are pictures of a set, and which belong to them."""

from pathlib import Path

import pytest

from nnlab.core.errors import DataError
from nnlab.data.readers.shared.picture_files import PictureFiles


def files(folder: Path, *names: str) -> PictureFiles:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    return PictureFiles.of(folder)


def test_what_lies_in_folders_of_truths_is_no_picture_of_the_set(tmp_path: Path) -> None:
    there = files(tmp_path, "images/b10.png", "images/b9.JPG", "masks/b9.png", "Labels/b9.txt", "a.csv", "c.png")
    assert list(there.pictures) == ["c.png", "images/b9.JPG", "images/b10.png"]
    assert set(there.all) == {*there.pictures, "masks/b9.png"}
    assert there.lies_in("Labels/b9.txt", ("labels",)) and not there.lies_in("labels", ("labels",))


def test_a_table_names_a_picture_by_its_path_or_by_that_within_images(tmp_path: Path) -> None:
    there = files(tmp_path, "images/a.png", "images/sub/b.png", "masks/a.png", "masks/m.png")
    assert there.named("images/a.png") == there.named("a.png") == "images/a.png"
    assert there.named("sub/b.png") == "images/sub/b.png"
    assert there.named("m.png") is None and there.missing("m.png") == "no such file"
    assert there.missing("../a.png") == "is no path within the folder"
    assert there.missing("images") == "is a folder, not a picture"


def test_the_same_name_in_two_folders_of_images_names_none_of_them(tmp_path: Path) -> None:
    there = files(tmp_path, "train/images/a.png", "test/images/a.png", "test/images/b.png")
    assert there.named("a.png") is None
    assert there.named("b.png") == "test/images/b.png"


def test_files_of_a_picture_have_its_name_and_any_of_these_endings(tmp_path: Path) -> None:
    there = files(
        tmp_path, "images/train/a.jpg", "masks/train/a.PNG", "masks/train/a.txt", "masks/b.png", "images/c.png"
    )
    own = there.companions(("masks",), (".png",))
    assert own == {"train/a": ["masks/train/a.PNG"], "b": ["masks/b.png"]}
    assert [there.key(name) for name in there.pictures] == ["c", "train/a"]
    inner = files(tmp_path / "other", "train/images/a.b.jpg", "train/masks/a.b.png")
    assert inner.companions(("masks",), (".png",)) == {"train/a.b": ["train/masks/a.b.png"]}
    assert inner.key("train/images/a.b.jpg") == "train/a.b"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("train/images/a.png", "Test/images/b.png"), {"training": "train", "test": "Test"}),
        (("images/train/a.png", "images/val/b.png"), {"training": "images/train", "dev": "images/val"}),
        (("train/a.png", "val/b.png", "c.png"), {}),
        (("images/a.png", "images/train/b.png"), {}),
        (("test/a.png", "val/b.png"), {}),
    ],
)
def test_partitions(tmp_path: Path, names: tuple[str, ...], expected: dict[str, str]) -> None:
    assert files(tmp_path, *names).partitions(names) == expected


def test_two_folders_that_are_one_partition(tmp_path: Path) -> None:
    names = ("train/a.png", "training/b.png")
    with pytest.raises(DataError, match="train/ and training/ are both the training partition"):
        files(tmp_path, *names).partitions(names)
