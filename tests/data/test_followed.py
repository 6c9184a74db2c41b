"""A folder that is followed: pictures when they are whole, and only then."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.data import followed
from nnlab.data.followed import FAILURES, Followed
from nnlab.data.images.vips import Vips

LIB = Vips()


def png(value: int) -> bytes:
    return LIB.png(LIB.image(np.full((20, 20, 3), value, np.uint8)))


class Clock:
    """Time that passes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


Look = Callable[[], list[str]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def look(tmp_path: Path, clock: Clock) -> Look:
    watched = Followed(tmp_path, now=clock)

    def names() -> list[str]:
        clock.now += followed.EVERY_S
        return [picture.path.relative_to(tmp_path).as_posix() for picture in watched.look()]

    return names


def test_those_that_are_there_come_first_then_those_that_come(tmp_path: Path, look: Look) -> None:
    (tmp_path / "b.png").write_bytes(png(1))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "c.png").write_bytes(png(2))
    for name in (".hidden.png", "d.txt", "e.mask.png", "e.cutout.png", "contact-sheet.png"):
        (tmp_path / name).write_bytes(png(3))
    assert [look(), look(), look()] == [[], ["a/c.png", "b.png"], []]
    (tmp_path / "z.png").write_bytes(png(4))
    assert [look(), look(), look()] == [[], ["z.png"], []]


def test_half_a_file_waits_for_its_other_half(tmp_path: Path, look: Look) -> None:
    whole = png(5)
    with (tmp_path / "slow.png").open("wb", buffering=0) as file:
        for start in range(0, len(whole), 20):
            file.write(whole[start : start + 20])
            assert look() == []
            if start + 20 < len(whole):  # it rests, and is no picture yet
                assert look() == []
    assert [look(), look()] == [["slow.png"], []]


def test_what_never_becomes_a_picture_is_given_so_that_it_can_be_told(tmp_path: Path, look: Look, clock: Clock) -> None:
    (tmp_path / "bad.png").write_bytes(png(6)[:-30])
    assert [look(), look()] == [[], []]
    clock.now += followed.PATIENCE_S
    assert [look(), look()] == [["bad.png"], []]
    (tmp_path / "bad.png").write_bytes(png(6))
    assert [look(), look()] == [[], ["bad.png"]]


def test_a_picture_that_is_replaced_is_looked_at_again_and_one_that_is_gone_is_forgotten(
    tmp_path: Path, look: Look
) -> None:
    place = tmp_path / "a.png"
    place.write_bytes(png(7))
    assert [look(), look()] == [[], ["a.png"]]
    place.write_bytes(png(8) + b"\0")
    assert [look(), look()] == [[], ["a.png"]]
    place.unlink()
    assert look() == []
    place.write_bytes(png(7))
    assert [look(), look()] == [[], ["a.png"]]


def test_names_of_what_is_made_from_them_stay_unlike_each_other(tmp_path: Path, clock: Clock) -> None:
    watched = Followed(tmp_path, now=clock)
    (tmp_path / "a.png").write_bytes(png(1))
    watched.look()
    assert [picture.name for picture in watched.look()] == ["a"]
    (tmp_path / "A.bmp").write_bytes(png(1))
    (tmp_path / "a.png").write_bytes(png(2) + b"\0")
    watched.look()
    assert {picture.path.name: picture.name for picture in watched.look()} == {"A.bmp": "A_1", "a.png": "a"}


def test_no_folder_is_an_error_at_once_and_one_that_goes_is_one_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match="there is no such folder"):
        Followed(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="a file, not a folder"):
        Followed(tmp_path / "file")
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.setattr(followed, "sleep", lambda seconds: None)
    looks = iter(Followed(folder))
    assert next(looks) == []
    folder.rmdir()
    with pytest.raises(DataError, match="followed no longer"):
        next(looks)


def test_a_look_that_fails_for_a_moment_is_no_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(followed, "sleep", slept.append)
    fails, files_within = [True] * (FAILURES - 1), followed.files_within

    def now_and_then(folder: Path) -> list[Path]:
        if fails.pop() if fails else False:
            raise DataError("cannot be read")
        return files_within(folder)

    monkeypatch.setattr(followed, "files_within", now_and_then)
    (tmp_path / "a.png").write_bytes(png(1))
    looks = iter(Followed(tmp_path))
    found = [[picture.name for picture in next(looks)] for _ in range(FAILURES + 1)]
    assert found == [[]] * FAILURES + [["a"]] and min(slept) >= followed.EVERY_S
    fails += [True] * FAILURES
    with pytest.raises(DataError, match=r"followed no longer \(cannot be read\)"):
        list(looks)
