"""targets.csv: numbers beside the pictures; each fault is a line, and all are counted."""

from pathlib import Path

import pytest

from nnlab.core.errors import DataError, Faults
from nnlab.core.truth import Values
from nnlab.data.find import find, reader_of
from nnlab.data.readers.class_folders import ClassFolders
from nnlab.data.readers.targets_csv import TargetsCsv
from nnlab.data.split import split

LACKS = "has no line in targets.csv; mend it, or leave such pictures out: --unlabelled=skip"


def a_set(folder: Path, table: str | bytes, *pictures: str) -> Path:
    for name in pictures or ("a.png", "b.png", "c.png"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    (folder / "targets.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    return folder


def faults(folder: Path) -> list[str]:
    with pytest.raises(DataError) as caught:
        TargetsCsv().find(folder)
    assert caught.value.exit_code == 5
    return str(caught.value).replace(f"{folder}/", "").split("\n")


def test_pictures_and_their_numbers_in_natural_order(tmp_path: Path) -> None:
    table = "file,angle,size\nb10.png,1.5,2\n\n./b9.png, -3e1 ,4\nsub/a.png,+0.5,-0\n"
    found = TargetsCsv().find(a_set(tmp_path, table, "b9.png", "b10.png", "sub/a.png"))
    assert found.names == ("angle", "size")
    assert [(s.number, s.source, s.truth) for s in found.samples] == [
        (0, "b9.png", Values((-30.0, 4.0))),
        (1, "b10.png", Values((1.5, 2.0))),
        (2, "sub/a.png", Values((0.5, 0.0))),
    ]
    assert not found.labelled
    assert found.left_out == ()


def test_what_spreadsheets_write_is_read(tmp_path: Path) -> None:
    """A byte order mark, line ends of other systems, quotes, words in capitals."""
    table = b'\xef\xbb\xbfFile,angle\r\n"a.png","1"\r\nb.png,2\r\nc.png,3\r\n'
    assert [s.truth for s in TargetsCsv().find(a_set(tmp_path, table)).samples] == [Values((x,)) for x in (1, 2, 3)]


@pytest.mark.parametrize(
    ("lines", "line", "what"),
    [
        ("a.png,1\nb.png,2\nc.png,3\nd.png,4", 5, "no such file: d.png"),
        ("a.png,1\nb.png,2\nc.png,3\n../d.png,4", 5, "is no path within the folder: ../d.png"),
        ("a.png,1\nb.png,2\nc.png,3\ntargets.csv,4", 5, "no picture by its name: targets.csv"),
        ("a.png,1\nb.png,nan\nc.png,3", 3, "angle is nan, which is no finite number"),
        ("a.png,1\nb.png,-Infinity\nc.png,3", 3, "angle is -Infinity, which is no finite number"),
        ("a.png,1\nb.png,1e999\nc.png,3", 3, "angle is 1e999, which is no finite number"),
        ("a.png,1\nb.png,steep\nc.png,3", 3, "angle is 'steep', which is no number"),
        ("a.png,1\nb.png,1_0\nc.png,3", 3, "angle is '1_0', which is no number"),
        ("a.png,1\nb.png,\nc.png,3", 3, "angle is empty"),
        ("a.png,1\nb.png\nc.png,3", 3, "has 1 columns instead of 2"),
        ("a.png,1\nb.png,2,5\nc.png,3", 3, "has 3 columns instead of 2"),
        ("a.png,1\nb.png,2\nc.png,3\na.png,1", 5, "names a.png again, after line 2"),
        ("a.png,1\nb.png,2\nc.png,3\n./a.png,4", 5, "names a.png again, after line 2"),
        ("a.png,1\nb.png,2\nc.png,3\n,4", 5, "names no file"),
        ("a.png,1\nb.png,1\nc.png,1.0", 1, "angle is 1 in every line: there is nothing to learn"),
        ('a.png,1\nb.png,2\n"c.png"x,3', 4, "is no line of a table (',' expected after '\"')"),
    ],
)
def test_one_fault_is_one_line_with_its_place(tmp_path: Path, lines: str, line: int, what: str) -> None:
    said = faults(a_set(tmp_path, f"file,angle\n{lines}\n"))
    assert said[0] == f"targets.csv:{line}: {what}"
    assert said[1:] in ([], [f"c.png: {LACKS}"])  # of the line that was none


@pytest.mark.parametrize(
    ("head", "what"),
    [
        ("", "is empty; write file,NAME and a line for each picture"),
        ("file;angle\na.png;1", "columns are parted by semicolons; save it with commas"),
        ("file\tangle\na.png\t1", "columns are parted by tabs; save it with commas"),
        ("name,angle\na.png,1", "has to begin with file, got 'name'"),
        ("file\na.png", "names no column of numbers after file"),
        ("file,angle,angle\na.png,1,2", "names the column angle twice"),
        ("file,,size\na.png,1,2", "column 2 has no name"),
    ],
)
def test_without_its_first_line_there_is_one_fault(tmp_path: Path, head: str, what: str) -> None:
    assert faults(a_set(tmp_path, head)) == [f"targets.csv:1: {what}"]


def test_a_table_of_no_picture_says_so(tmp_path: Path) -> None:
    assert faults(a_set(tmp_path, "file,angle\n"))[0].startswith("targets.csv:1: has no line of a picture")


def test_a_picture_without_a_line_is_named(tmp_path: Path) -> None:
    assert faults(a_set(tmp_path, "file,angle\na.png,1\nb.png,2\n")) == [f"c.png: {LACKS}"]


def test_all_faults_are_counted_and_the_first_are_listed(tmp_path: Path) -> None:
    rows = [f"{index}.png,{'nan' if index % 2 else 'x'}" for index in range(20)]
    folder = a_set(tmp_path, "\n".join(["file,angle", *rows]), *(f"{index}.png" for index in range(22)))
    with pytest.raises(Faults) as caught:
        TargetsCsv().find(folder)
    said = faults(folder)
    assert len(said) == len(caught.value.faults) == 6
    assert said[0] == "targets.csv:2: angle is 'x', which is no number"
    assert said[4] == "targets.csv:6: angle is 'x', which is no number"
    assert said[5] == "targets.csv: and 17 more faults, 22 in all"


def test_a_table_that_is_none(tmp_path: Path) -> None:
    assert faults(a_set(tmp_path, b"file,angle\na.png,1\nb\xff.png,2\n")) == [
        "targets.csv:3: is not UTF-8; save it as UTF-8"
    ]
    (tmp_path / "targets.csv").unlink()
    (said,) = [line.removeprefix(str(tmp_path)) for line in faults(tmp_path)]
    assert said.startswith(": has no targets.csv; write one")
    (tmp_path / "targets.csv").mkdir()
    assert faults(tmp_path) == ["targets.csv: cannot be read (a folder, not a file)"]


def test_a_folder_says_by_its_table_which_reader_it_is_for(tmp_path: Path) -> None:
    folder = a_set(tmp_path / "set", "file,angle\na.png,1\nb.png,2\nc.png,3\n")
    assert isinstance(reader_of(folder), TargetsCsv)
    assert isinstance(reader_of(tmp_path), ClassFolders)
    assert find("set", str(tmp_path)).names == ("angle",)


def test_folders_of_partitions_are_partitions_where_all_pictures_lie_in_them(tmp_path: Path) -> None:
    names = [f"{part}/{index}.png" for part in ("train", "Val", "test") for index in range(4)]
    table = "file,angle\n" + "".join(f"{name},{index}\n" for index, name in enumerate(names))
    found = TargetsCsv().find(a_set(tmp_path / "parts", table, *names))
    assert found.partitions == {"training": "train", "dev": "Val", "test": "test"}
    assert {(s.source.split("/")[0], s.partition) for s in found.samples} == {
        ("train", "training"), ("Val", "dev"), ("test", "test"),
    }  # fmt: skip
    members = split(found, {"training": 0.7, "dev": 0.15, "test": 0.15}, 0)
    assert {name: len(places) for name, places in members.items()} == {"training": 4, "dev": 4, "test": 4}
    beside = TargetsCsv().find(a_set(tmp_path / "flat", f"{table}a.png,9\n", "a.png", *names))
    assert beside.partitions == {} and {s.partition for s in beside.samples} == {None}
    twice = "file,angle\ntrain/a.png,1\ntraining/b.png,2\n"
    said = faults(a_set(tmp_path / "twice", twice, "train/a.png", "training/b.png"))
    assert "train/ and training/ are both the training partition" in said[0]


def test_files_that_are_no_pictures_are_left_out_and_listed(tmp_path: Path) -> None:
    folder = a_set(tmp_path, "file,angle\na.png,1\nb.png,2\nc.png,3\n")
    (folder / "notes.foo").write_text("")
    (folder / "README.md").write_text("")
    assert TargetsCsv().find(folder).left_out == ("notes.foo",)
    (folder / "old").mkdir()
    (folder / "old" / "targets.csv").write_text("")  # the table that is read is not left out with it
    assert TargetsCsv().find(folder).left_out == ("notes.foo", "old/targets.csv")
