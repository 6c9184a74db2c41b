"""labels.csv: the class of each picture in a table; each fault is a line, and all are told."""

from pathlib import Path

import pytest

from nnlab.core.errors import DataError
from nnlab.core.truth import Label
from nnlab.data.find import find
from nnlab.data.readers.class_folders import ClassFolders
from nnlab.data.readers.labels_csv import LabelsCsv

LACKS = "has no line in labels.csv; mend it, or leave such pictures out: --unlabelled=skip"


def a_set(folder: Path, table: str) -> Path:
    for name in ("a.png", "images/b.png", "c.png"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    (folder / "labels.csv").write_text(table)
    return folder


def faults(folder: Path) -> list[str]:
    with pytest.raises(DataError) as caught:
        LabelsCsv().find(folder)
    assert caught.value.exit_code == 5
    return str(caught.value).replace(f"{folder}/", "").split("\n")


def test_classes_in_natural_order_and_pictures_by_their_paths(tmp_path: Path) -> None:
    found = LabelsCsv().find(a_set(tmp_path, "File,Class\n./a.png, 10 \nb.png,9\n\nc.png,10\n"))
    assert found.names == ("9", "10")
    assert [(sample.source, sample.truth) for sample in found.samples] == [
        ("a.png", Label(1)),
        ("c.png", Label(1)),
        ("images/b.png", Label(0)),
    ]


def test_a_task_of_classes_finds_it(tmp_path: Path) -> None:
    a_set(tmp_path / "set", "file,class\na.png,x\nb.png,y\nc.png,x\n")
    assert find("set", str(tmp_path), ClassFolders()).names == ("x", "y")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("a.png,x\nb.png,y\nc.png,x\n", ["labels.csv:1: the first line has to be file,class, got a.png,x"]),
        ("", ["labels.csv:1: the first line has to be file,class, got nothing"]),
        ("file,class\na.png,x\nb.png,y\n", [f"c.png: {LACKS}"]),
        (
            "file,class\na.png,x\na.png,y\nd.png,y\nb.png\nc.png,\n,x\n",
            [
                "labels.csv:3: names a.png again",
                "labels.csv:4: no such file: d.png",
                "labels.csv:5: has 1 columns instead of 2",
                "labels.csv:6: names no class",
                "labels.csv:7: names no file",
            ],
        ),
        (
            "file,class\na.png,x\nb.png,x\nc.png,x\n",
            ["labels.csv:1: every picture is of the class x: there is nothing to learn"],
        ),
    ],
)
def test_what_is_wrong_is_said_by_line(table: str, said: list[str], tmp_path: Path) -> None:
    assert faults(a_set(tmp_path, table)) == said


@pytest.mark.parametrize("table", [b"", b"id,label\n1,cat\n", b"\xff\xfe\x00", b'"'])
def test_another_table_of_that_name_leaves_class_folders_as_they_are(tmp_path: Path, table: bytes) -> None:
    for name in ("cats/0.png", "dogs/0.png"):
        (tmp_path / "set" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "set" / name).write_bytes(b"")
    (tmp_path / "set" / "labels.csv").write_bytes(table)
    found = find("set", str(tmp_path))
    assert found.names == ("cats", "dogs")
    (tmp_path / "set" / "labels.csv").write_text("file,class\ncats/0.png,b\ndogs/0.png,a\n")
    assert find("set", str(tmp_path)).names == ("a", "b")
