"""Pictures of any set, whose truth they are themselves."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import DataError
from nnlab.core.pictures import Itself
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import survey
from nnlab.data.readers.any_pictures import AnyPictures
from nnlab.data.readers.class_folders import ClassFolders


def draw(folder: Path, *names: str) -> Path:
    for place, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((4, 4), place, np.uint8)).save(path)
    return folder


def test_of_class_folders_they_are_dealt_as_for_a_classifier(tmp_path: Path) -> None:
    draw(tmp_path / "set", *(f"{name}/{place}.png" for name in "ab" for place in range(10)))
    options = DataOptions(dataset="set", datasets_path=str(tmp_path), resize=(4, 4))
    own, classes = survey(options, reader=AnyPictures()), survey(options, reader=ClassFolders())
    assert own.members == classes.members and own.names == ("pixels",)
    assert [sample.source for sample in own.source.samples] == [sample.source for sample in classes.source.samples]
    assert {sample.truth for sample in own.source.samples} == {Itself("a"), Itself("b")}


def test_of_a_plain_folder_they_are_all_there_are(tmp_path: Path) -> None:
    found = AnyPictures().find(draw(tmp_path / "some", "b.png", "a.jpg", "more/c.png"))
    assert [sample.source for sample in found.samples] == ["a.jpg", "b.png", "more/c.png"]
    assert not found.partitions


def test_folders_of_partitions_are_partitions(tmp_path: Path) -> None:
    found = AnyPictures().find(draw(tmp_path / "some", "train/a.png", "train/b.png", "val/c.png", "test/d.png"))
    assert [sample.partition for sample in found.samples] == ["training", "training", "dev", "test"]


def test_what_a_table_says_of_them_is_not_asked(tmp_path: Path) -> None:
    draw(tmp_path / "some", "a.png", "b.png")
    (tmp_path / "some" / "targets.csv").write_text("file,angle\na.png,1\nb.png,2\n")
    assert [sample.source for sample in AnyPictures().find(tmp_path / "some").samples] == ["a.png", "b.png"]


def test_a_folder_without_pictures_says_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(DataError, match="has no pictures"):
        AnyPictures().find(tmp_path)
