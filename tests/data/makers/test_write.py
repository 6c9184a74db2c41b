"""Sets on disk: whole or not at all, and never over files that differ."""

import os
from pathlib import Path

import numpy as np
import pytest

from nnlab.core.errors import DataError, RunError
from nnlab.data.images.vips import Vips
from nnlab.data.makers.colors import Colors
from nnlab.data.makers.write import Written, write_dataset

MAKER = Colors(images=6)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_writes_every_image_and_the_card(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "colors"
    assert write_dataset(MAKER, folder) == Written(folder, new=7, replaced=0, same=0)
    assert set(files(folder)) == {"dataset.toml"} | {f"{c}/{c}_00{i}.png" for c in MAKER.classes for i in (0, 1)}
    lib = Vips()
    for drawing in MAKER.drawings():
        np.testing.assert_array_equal(lib.pixels(lib.read(folder / drawing.path)), MAKER.draw(drawing))
    assert [path.name for path in folder.parent.iterdir()] == ["colors"]  # nothing temporary is left
    assert folder.stat().st_mode & 0o777 == (folder / "red").stat().st_mode & 0o777


def test_again_changes_nothing_and_what_is_missing_is_filled_in(tmp_path: Path) -> None:
    write_dataset(MAKER, tmp_path / "colors")
    before = files(tmp_path / "colors")
    assert write_dataset(MAKER, tmp_path / "colors") == Written(tmp_path / "colors", new=0, replaced=0, same=7)
    (tmp_path / "colors" / "red" / "red_001.png").unlink()
    assert write_dataset(MAKER, tmp_path / "colors") == Written(tmp_path / "colors", new=1, replaced=0, same=6)
    assert files(tmp_path / "colors") == before


def test_the_same_pixels_in_other_bytes_are_kept(tmp_path: Path) -> None:
    """Another version of the library may compress otherwise; that is no difference."""
    write_dataset(MAKER, tmp_path)
    path = tmp_path / "red" / "red_000.png"
    import pyvips

    path.write_bytes(pyvips.Image.new_from_file(str(path)).pngsave_buffer(compression=0))
    bytes_before = path.read_bytes()
    assert write_dataset(MAKER, tmp_path).same == 7
    assert path.read_bytes() == bytes_before


@pytest.mark.parametrize("name", ["red/red_001.png", "dataset.toml"])
@pytest.mark.parametrize("content", [b"", b"mine"])
def test_a_file_that_differs_is_replaced_only_with_force(tmp_path: Path, name: str, content: bytes) -> None:
    folder = tmp_path / "colors"
    write_dataset(MAKER, folder)
    whole = files(folder)
    (folder / name).write_bytes(content)
    (folder / "blue" / "blue_000.png").unlink()
    (folder / "red" / "own.png").write_bytes(b"the user's")
    before = files(folder)
    with pytest.raises(RunError, match=f"{name}.*--force"):
        write_dataset(MAKER, folder)
    assert files(folder) == before
    assert write_dataset(MAKER, folder, force=True) == Written(folder, new=1, replaced=1, same=5)
    assert files(folder) == whole | {"red/own.png": b"the user's"}


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Vips, image: object, path: Path) -> None:
        raise DataError("cannot be written (No space left on device)", where=str(path))

    monkeypatch.setattr(Vips, "write_png", full)
    with pytest.raises(DataError, match=r"colors: cannot be written \(No space left on device\)"):
        write_dataset(MAKER, tmp_path / "colors")
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "colors").write_text("a file")
    with pytest.raises(DataError, match="colors: is a file"):
        write_dataset(MAKER, tmp_path / "colors")
    with pytest.raises(DataError, match=r"within: cannot be written"):
        write_dataset(MAKER, tmp_path / "colors" / "within")


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the error itself rather than by permissions, which do not bind root."""

    def refuse(*args: object, **kwargs: object) -> str:
        raise PermissionError(13, os.strerror(13), str(tmp_path))

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(DataError, match=r"colors: cannot be written \(Permission denied\)"):
        write_dataset(MAKER, tmp_path / "colors")


def test_progress_ends_at_all(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write_dataset(MAKER, tmp_path / "colors", progress=lambda done, count: told.append((done, count)))
    assert told[-1] == (6, 6)
