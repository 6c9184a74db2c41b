"""From what a user names to pictures."""

import logging
from pathlib import Path

import pytest

from nnlab.core.errors import DataError
from nnlab.data.pictures import pictures


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    names = ["b10.png", "b9.JPG", "sub/b9.png", "sub/deep/c.webp", ".hidden/x.png", "notes.txt", "b9.cutout.png"]
    for name in [*names, "contact-sheet.png", "b10.mask.png", "b10.overlay.png", "old.gif"]:
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return tmp_path / "photos"


def test_a_folder_is_all_that_lies_in_it_in_natural_order(folder: Path) -> None:
    found = pictures([str(folder)], "datasets")
    names = [str(picture.path.relative_to(folder)) for picture in found]
    assert names == ["b9.JPG", "b10.png", "old.gif", "sub/b9.png", "sub/deep/c.webp"]
    assert [picture.name for picture in found] == ["b9", "b10", "old", "b9_1", "c"]


def test_a_linked_folder_is_looked_into_as_in_training(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "x.png").write_bytes(b"")
    (folder / "linked").symlink_to(tmp_path / "more")
    (folder / "linked" / "round").symlink_to(folder)
    names = [str(picture.path.relative_to(folder)) for picture in pictures([str(folder)], "datasets")]
    assert names == ["b9.JPG", "b10.png", "linked/x.png", "old.gif", "sub/b9.png", "sub/deep/c.webp"]


def test_what_is_left_out_is_said(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "sub" / "IMG_0001").write_bytes(b"")
    logger = logging.getLogger("nnlab")
    logger.addHandler(caplog.handler)
    pictures([str(folder)], "datasets")
    logger.removeHandler(caplog.handler)
    line = (
        "2 files are no pictures by their names and are left out (1 .txt, 1 without an ending): notes.txt, sub/IMG_0001"
    )
    assert {record.getMessage() for record in caplog.records} == {f"{folder}: {line}"}


def test_names_are_kept_apart_whatever_their_case(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("x/a.png", "y/A.png", "z/a.jpg", "z/a_1.png")]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    found = pictures([str(path) for path in paths], "datasets")
    names = [picture.name for picture in found]
    assert names[0] == "a" and len({name.casefold() for name in names}) == 4


def test_a_file_is_taken_once_and_whatever_its_name(folder: Path) -> None:
    given = [str(folder / "notes.txt"), str(folder / "b9.JPG"), str(folder)]
    found = [picture.path.name for picture in pictures(given, "datasets")]
    assert found == ["notes.txt", "b9.JPG", "b10.png", "old.gif", "b9.png", "c.webp"]


def test_a_name_may_be_a_dataset(blobs: Path) -> None:
    found = pictures(["blobs"], str(blobs))
    assert len(found) == 36 and found[0].path.parent.name == "blue"


def test_what_is_not_there_is_named_with_the_nearest(folder: Path) -> None:
    with pytest.raises(DataError, match=r"b11\.png: no such file, folder or dataset; did you mean .*b10\.png"):
        pictures([str(folder / "b11.png")], "datasets")
    with pytest.raises(DataError, match="no such file, folder or dataset"):
        pictures([str(folder / "none" / "x.png")], "datasets")
    (folder / "empty").mkdir()
    with pytest.raises(DataError, match="holds no pictures"):
        pictures([str(folder / "empty")], "datasets")
