"""What a lab's folder keeps of test: for the very cells that were scored, and for no others."""

from pathlib import Path

from nnlab.labs.opened_once import NAME, keep, kept
from nnlab.labs.study_folder import StudyFolder


def test_it_is_kept_for_the_same_cells_alone(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path)
    assert kept(folder, ["a", "b"]) is None
    keep(folder, ["a", "b"], {"samples": 7})
    assert kept(folder, ["a", "b"]) == {"samples": 7}
    assert kept(folder, ["a", "c"]) is None  # b was run anew, since its data had changed
    assert kept(folder, ["a"]) is None


def test_what_is_damaged_is_scored_again(tmp_path: Path) -> None:
    for text in ("{", "[]", '{"cells": ["a"]}'):
        (tmp_path / NAME).write_text(text)
        assert kept(StudyFolder(tmp_path), ["a"]) is None
