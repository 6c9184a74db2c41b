"""The list of datasets."""

from pathlib import Path

from nnlab.data.makers.catalogue import catalogue
from nnlab.data.makers.colors import Colors
from nnlab.data.makers.write import write_dataset


def test_folders_first_then_what_can_be_drawn(tmp_path: Path, cache_folder: Path) -> None:
    write_dataset(Colors(images=6), tmp_path / "colors")
    (tmp_path / "a file").write_text("no dataset")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "empty" / "class").mkdir(parents=True)
    (tmp_path / "bad card" / "class").mkdir(parents=True)
    (tmp_path / "bad card" / "class" / "a.png").write_bytes(b"12345")
    (tmp_path / "bad card" / "dataset.toml").write_text("title = ")
    bad, colors, empty, numbers = catalogue(tmp_path)
    assert [entry.name for entry in (bad, colors, empty, numbers)] == ["bad card", "colors", "empty", "numbers"]
    assert (colors.classes, colors.images, colors.problem) == (3, 6, None)
    assert colors.size_bytes == sum(path.stat().st_size for path in (tmp_path / "colors").glob("*/*.png"))
    assert (colors.title, colors.folder, colors.make) == (Colors.title, tmp_path / "colors", None)
    assert empty.images is None and empty.problem and "no images" in empty.problem
    assert bad.problem and bad.problem.startswith("dataset.toml: cannot be read")
    assert (numbers.classes, numbers.images, numbers.size_bytes, numbers.folder) == (10, 847, None, None)
    assert numbers.make == "nnlab data make numbers"


def test_a_folder_that_is_not_there_has_none_but_sets_can_be_drawn(tmp_path: Path, cache_folder: Path) -> None:
    assert [entry.name for entry in catalogue(tmp_path / "nowhere")] == ["colors", "numbers"]
    assert not cache_folder.exists()
