"""What readers of truths beside pictures share: pictures of which nothing is said, partitions, what is left out."""

from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.core.errors import DataError, Faults
from nnlab.core.truth import Truth, Values
from nnlab.data.find import found_in
from nnlab.data.options import DataOptions
from nnlab.data.readers.class_folders import ClassFolders
from nnlab.data.readers.shared.beside import Beside, Said
from nnlab.data.readers.shared.picture_files import PictureFiles
from nnlab.data.readers.targets_csv import TargetsCsv


class Sizes(Beside):
    """A file of a size says its own length; what is true of nothing is 0."""

    lacks = "has no size"

    def said(self, files: PictureFiles) -> Said:
        own = {name: path.stat().st_size for name, path in files.pictures.items() if path.stat().st_size}
        return Said(("size",), {name: Values((size,)) for name, size in own.items()})

    @property
    def nothing(self) -> Truth:
        return Values((0.0,))


def a_set(folder: Path, **sizes: int) -> Path:
    for name, size in sizes.items():
        (folder / f"{name}.png").write_bytes(b"a" * size)
    return folder


def test_pictures_of_which_nothing_is_said(tmp_path: Path) -> None:
    folder = a_set(tmp_path, a=1, b=0, c=3, d=0)
    with pytest.raises(Faults) as caught:
        Sizes().find(folder)
    assert [fault.what for fault in caught.value.faults] == ["has no size", "has no size"]
    assert "--unlabelled=skip" in str(caught.value) and "--unlabelled=empty" in str(caught.value)
    skipped = Sizes(unlabelled="skip").find(folder)
    assert [(s.number, s.source) for s in skipped.samples] == [(0, "a.png"), (1, "c.png")]
    assert skipped.notes == ("2 pictures have no size and are left out: b.png, d.png",)
    empty = Sizes(unlabelled="empty").find(folder)
    assert [s.truth for s in empty.samples] == [Values((size,)) for size in (1, 0, 3, 0)]
    assert empty.notes == ("2 pictures have no size and are taken as empty: b.png, d.png",)


def test_where_nothing_is_no_truth_empty_is_an_error_as_well(tmp_path: Path) -> None:
    folder = a_set(tmp_path, a=1, b=1, c=1)
    (folder / "targets.csv").write_text("file,n\na.png,1\nb.png,2\n")
    for unlabelled in ("error", "empty"):
        with pytest.raises(DataError, match=r"c\.png: has no line in targets\.csv; .*--unlabelled=skip"):
            TargetsCsv(unlabelled=unlabelled).find(folder)
    found = TargetsCsv(unlabelled="skip").find(folder)
    assert found.notes == ("1 picture has no line in targets.csv and is left out: c.png",)


def test_nothing_is_said_of_any_picture(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="of no picture anything is said"):
        Sizes(unlabelled="skip").find(a_set(tmp_path, a=0))


def test_the_options_of_the_data_say_what_becomes_of_them(tmp_path: Path) -> None:
    folder = a_set(tmp_path, a=1, b=1, c=1)
    (folder / "targets.csv").write_text("file,n\na.png,1\nb.png,2\n")
    options = DataOptions(unlabelled="skip")
    assert len(found_in(folder, TargetsCsv(), options).samples) == 2
    assert replace(Sizes(), unlabelled="empty").going_by(options).unlabelled == "skip"


def test_a_reader_that_recognises_a_folder_stands_for_one_of_the_same_truths(tmp_path: Path) -> None:
    class Other(TargetsCsv):
        tables = ("other.csv",)

    folder = a_set(tmp_path, a=1, b=1)
    (folder / "targets.csv").write_text("file,n\na.png,1\nb.png,2\n")
    assert found_in(folder, Other()).names == ("n",)
    with pytest.raises(DataError, match="has images but no class folders"):
        found_in(folder, ClassFolders())
