"""The list of datasets."""

from pathlib import Path

from nnlab.data.makers.catalogue import catalogue
from nnlab.data.makers.colors import Colors
from nnlab.data.makers.rotated_digits import RotatedDigits
from nnlab.data.makers.write import write_dataset


def test_folders_first_then_what_can_be_drawn(tmp_path: Path, cache_folder: Path) -> None:
    write_dataset(Colors(images=6), tmp_path / "colors")
    (tmp_path / "a file").write_text("no dataset")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "empty" / "class").mkdir(parents=True)
    (tmp_path / "bad card" / "class").mkdir(parents=True)
    (tmp_path / "bad card" / "class" / "a.png").write_bytes(b"12345")
    (tmp_path / "bad card" / "dataset.toml").write_text("title = ")
    bad, colors, empty, centred, numbers, _, rotated, shapes = catalogue(tmp_path)
    assert [entry.name for entry in (bad, colors, empty, numbers)] == ["bad card", "colors", "empty", "numbers"]
    assert (colors.classes, colors.images, colors.problem) == (3, 6, None)
    assert colors.size_bytes == sum(path.stat().st_size for path in (tmp_path / "colors").glob("*/*.png"))
    assert (colors.title, colors.folder, colors.make) == (Colors.title, tmp_path / "colors", None)
    assert empty.images is None and empty.problem and "no images" in empty.problem
    assert bad.problem and bad.problem.startswith("dataset.toml: cannot be read")
    assert (numbers.classes, numbers.images, numbers.size_bytes, numbers.folder) == (10, 847, None, None)
    assert numbers.make == "nnlab data make numbers"
    assert (centred.name, centred.classes, centred.images) == ("centred", 10, 4000)
    assert (rotated.name, rotated.classes, rotated.images) == ("rotated_digits", None, 1500)
    assert (shapes.name, shapes.classes, shapes.images) == ("shapes", None, 1000)


def test_a_set_with_a_table_has_images_and_no_classes(tmp_path: Path) -> None:
    write_dataset(RotatedDigits(images=12), tmp_path / "rotated_digits")
    entry = next(entry for entry in catalogue(tmp_path) if entry.name == "rotated_digits")
    assert (entry.classes, entry.images, entry.problem, entry.left_out) == (None, 12, None, 0)
    assert entry.title == RotatedDigits.title


def test_a_folder_that_is_not_there_has_none_but_sets_can_be_drawn(tmp_path: Path, cache_folder: Path) -> None:
    assert [entry.name for entry in catalogue(tmp_path / "nowhere")] == [
        "centred",
        "colors",
        "numbers",
        "plain_shapes",
        "rotated_digits",
        "shapes",
    ]
    assert not cache_folder.exists()
