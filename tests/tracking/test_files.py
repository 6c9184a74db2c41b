import errno
import json
import math
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from nnlab.core.errors import RunError
from nnlab.tracking.files import Lines, fitting_name, plain, read_lines, to_json, write_whole

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.floats(width=32).map(np.float32)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


def refuse(constant):
    raise AssertionError(f"{constant} is no JSON")


@hypothesis.given(VALUES)
def test_json_holds_finite_numbers_or_null_whatever_it_is_given(value):
    json.loads(to_json(value), parse_constant=refuse)


@hypothesis.given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_comes_back_to_the_last_bit(value):
    assert json.loads(to_json(value)) == value


def test_numpy_s_values_become_plain_ones():
    given = {"a": np.float32([[0.5, math.nan]]), "b": np.int64(3), "c": np.bool_(True), "d": Path("x"), 5: math.inf}
    assert plain(given) == {"a": [[0.5, None]], "b": 3, "c": True, "d": "x", "5": None}
    assert type(plain(np.bool_(True))) is bool


def test_what_json_does_not_know_is_refused():
    with pytest.raises(TypeError, match="no JSON for object"):
        to_json({"a": object()})


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "summary.json"
    write_whole(path, "old")
    write_whole(path, b"new")
    assert path.read_text() == "new"
    assert [file.name for file in tmp_path.iterdir()] == ["summary.json"]


def test_a_failure_in_mid_write_leaves_the_old_file_and_no_draft(tmp_path, full_disk):
    path = tmp_path / "summary.json"
    write_whole(path, "old")
    full_disk()
    with pytest.raises(RunError) as caught:
        write_whole(path, "new" * 1000)
    assert str(caught.value) == (
        f"{path}: cannot write (no space left on device); free some space, or write elsewhere with --runs-dir"
    )
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["summary.json"]


def test_an_interrupt_in_mid_write_leaves_the_old_file_too(tmp_path, monkeypatch):
    path = tmp_path / "summary.json"
    write_whole(path, "old")

    def interrupt(handle):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("summary.json", "old")]


def test_lines_are_on_disk_when_add_returns(tmp_path):
    lines = Lines(tmp_path / "metrics.jsonl")
    lines.add({"epoch": 1}, {"epoch": 2})
    assert read_lines(tmp_path / "metrics.jsonl") == [{"epoch": 1}, {"epoch": 2}]
    lines.close()


def test_a_disk_that_fills_amid_a_line_keeps_the_whole_lines_only(tmp_path):
    class Filling:
        """The file, its disk full after `room` more bytes."""

        def __init__(self, file, room):
            self.file, self.room = file, room

        def write(self, data):
            if not self.room:
                raise OSError(errno.ENOSPC, "No space left on device")
            written = self.file.write(data[: self.room])
            self.room -= written
            return written

        def __getattr__(self, name):
            return getattr(self.file, name)

    path = tmp_path / "metrics.jsonl"
    lines = Lines(path)
    lines.add({"epoch": 1})
    file, lines._file = lines._file, Filling(lines._file, room=5)
    with pytest.raises(RunError, match="no space left"):
        lines.add({"epoch": 2})
    assert path.read_text() == '{"epoch": 1}\n'
    lines._file = file
    lines.add({"epoch": 3})  # space was made: the file goes on as if nothing had been
    assert read_lines(path) == [{"epoch": 1}, {"epoch": 3}]
    lines.close()


def test_a_last_line_that_a_crash_cut_off_is_left_out(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"epoch": 1}\n{"epo')
    assert read_lines(path) == [{"epoch": 1}]
    assert read_lines(tmp_path / "none.jsonl") == []


@pytest.mark.parametrize("letter", ["x", "\u00e9", "\U00020000"])
def test_a_name_that_is_too_long_is_cut_and_told_from_others(tmp_path, letter):
    assert fitting_name(letter, ".png") == f"{letter}.png"
    one, other = (fitting_name(letter * 250 + end, ".mask.png") for end in "ab")
    assert one != other and one.endswith(".mask.png")
    for name in (one, other, "y" * 255):
        write_whole(tmp_path / name, "x")  # the draft beside it is no longer than that
    assert {path.name for path in tmp_path.iterdir()} == {one, other, "y" * 255}
