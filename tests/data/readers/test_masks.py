"""Masks beside pictures: what their values are, and everything that may be wrong with them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import DataError
from nnlab.core.truth import VOID, Mask
from nnlab.data.find import find, reader_of
from nnlab.data.images.pillow import Pillow
from nnlab.data.makers.plain_shapes import PlainShapes
from nnlab.data.makers.write import write_dataset
from nnlab.data.readers.masks import Masks
from nnlab.data.readers.shared.mask_files import Blank, MaskFile, pixels_of

IDS = np.array([[0, 1, 2, 0], [0, 1, 1, 0], [2, 2, 0, 0]], np.uint8)


def a_set(folder: Path, *masks: np.ndarray, names: str | None = None) -> Path:
    for kind in ("images", "masks"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for place, mask in enumerate(masks or (IDS, IDS, IDS)):
        Image.new("RGB", mask.shape[1::-1]).save(folder / "images" / f"{place}.png")
        Image.fromarray(mask).save(folder / "masks" / f"{place}.png")
    if names is not None:
        (folder / "masks" / "classes.txt").write_text(names)
    return folder


def read(folder: Path, reader: Masks | None = None) -> list[np.ndarray]:
    found = (reader or Masks()).find(folder)
    masks = [sample.truth.read(sample.truth.path.read_bytes(), Pillow()) for sample in found.samples]
    assert all(isinstance(mask, Mask) for mask in masks)
    return [mask.pixels for mask in masks]


def faults(folder: Path, reader: Masks | None = None) -> list[str]:
    with pytest.raises(DataError) as caught:
        (reader or Masks()).find(folder)
    assert caught.value.exit_code == 5
    return str(caught.value).replace(f"{folder}/", "").split("\n")


def test_values_are_numbers_of_classes_and_void(tmp_path: Path) -> None:
    mask = IDS.copy()
    mask[0, 0] = 255
    folder = a_set(tmp_path, mask, IDS)
    found = Masks().find(folder)
    assert found.names == ("0", "1", "2") and [s.source for s in found.samples] == ["images/0.png", "images/1.png"]
    np.testing.assert_array_equal(read(folder), [mask, IDS])
    assert VOID == 255
    other = np.where(IDS == 2, 7, IDS).astype(np.uint8)
    np.testing.assert_array_equal(
        read(a_set(tmp_path / "7", other, IDS % 2), Masks(void=7))[0], np.where(IDS == 2, VOID, IDS)
    )


def test_black_and_white_alone_are_two_classes(tmp_path: Path) -> None:
    folder = a_set(tmp_path, (IDS > 0) * np.uint8(255), np.zeros_like(IDS))
    assert Masks().find(folder).names == ("0", "255")
    np.testing.assert_array_equal(read(folder), [IDS > 0, np.zeros_like(IDS)])
    (folder / "masks" / "classes.txt").write_text("ground\nthing\n")
    assert Masks().find(folder).names == ("ground", "thing")
    np.testing.assert_array_equal(read(folder)[0], IDS > 0)


def test_shades_are_divided_in_the_middle_where_that_is_said(tmp_path: Path) -> None:
    shades = np.array([[0, 100, 127, 128], [200, 255, 3, 4]], np.uint8)
    deep = shades.astype(np.uint16) * 257
    folder = a_set(tmp_path, shades, deep)
    for pixels in read(folder, Masks(masks="binary")):
        np.testing.assert_array_equal(pixels, shades >= 128)


def test_black_and_white_of_8_bits_in_a_file_of_16_are_not_all_black(tmp_path: Path) -> None:
    """As programs write masks that hold them as wider numbers; they are read, and counted, as they are drawn."""
    white = (IDS > 0) * np.uint16(255)
    folder = a_set(tmp_path, white, white)
    for reader in (Masks(), Masks(masks="binary")):
        np.testing.assert_array_equal(read(folder, reader), [IDS > 0, IDS > 0])
        truths = [sample.truth for sample in reader.find(folder).samples]
        assert pixels_of(truths, 2).tolist() == [2 * (IDS == 0).sum(), 2 * (IDS > 0).sum()]
    grey = np.array([[0, 200, 40_000, 65_535]], np.uint16)
    folder = a_set(tmp_path / "grey", grey, grey)
    truths = [sample.truth for sample in Masks(masks="binary").find(folder).samples]
    assert pixels_of(truths, 2).tolist() == [4, 4]  # as they are read
    np.testing.assert_array_equal(read(folder, Masks(masks="binary"))[0], [[0, 0, 1, 1]])


def test_a_palette_is_numbers_and_so_is_one_bit(tmp_path: Path) -> None:
    folder = a_set(tmp_path, IDS, IDS % 2)
    palette = Image.fromarray(IDS)
    palette.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    palette.save(folder / "masks" / "0.png")
    np.testing.assert_array_equal(read(folder)[0], IDS)
    one = a_set(tmp_path / "bits", IDS > 0)
    assert Masks().find(one).names == ("0", "255")


def test_names_in_a_file_say_how_many_classes_there_are(tmp_path: Path) -> None:
    assert Masks().find(a_set(tmp_path / "a", names="ground\ncat\ndog\nhorse\n\n")).names[3] == "horse"
    folder = a_set(tmp_path / "b")
    (folder / "classes.txt").write_text("a\nb\nc\n")
    assert Masks().find(folder).names == ("a", "b", "c")
    assert Masks().find(folder).left_out == ()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (
            lambda f: Image.new("L", (4, 2)).save(f / "masks/1.png"),
            "masks/1.png: is 4 x 2 pixels, and its",
        ),
        (lambda f: (f / "masks/1.png").rename(f / "masks/9.png"), "masks/9.png: is of no picture: none has its name"),
        (lambda f: (f / "masks/1.png").write_bytes(b""), "masks/1.png: empty (0 bytes)"),
        (lambda f: (f / "masks/1.png").write_bytes(b"abc"), "masks/1.png: not an image"),
        (lambda f: Image.new("RGB", (4, 3), (9, 1, 1)).save(f / "masks/1.png"), "masks/1.png: is in colours"),
        (lambda f: Image.new("L", (4, 3), 3).save(f / "masks/1.png"), "masks/1.png: has the value 3, and classes are"),
        (lambda f: Image.new("L", (4, 3)).save(f / "masks/1.bmp"), "masks/1.bmp: is one of several of its name"),
        (lambda f: (f / "masks/1.png").unlink(), "images/1.png: has no mask in masks/; mend it"),
        (lambda f: Image.new("L", (4, 3)).save(f / "masks/1.jpg"), "masks/1.jpg: is one of several of its name"),
        (
            lambda f: (f / "masks/classes.txt").write_text("a\nb\na\n"),
            "masks/classes.txt:3: names a again",
        ),
        (lambda f: (f / "masks/classes.txt").write_text("a\n\nc\n"), "masks/classes.txt:2: names no class"),
        (lambda f: (f / "masks/classes.txt").write_text("a\n"), "masks/classes.txt: names 1 classes"),
        (lambda f: (f / "masks/classes.txt").write_bytes(b"\xff"), "masks/classes.txt:1: is not UTF-8"),
        (
            lambda f: (f / "masks/classes.txt").write_text("".join(f"c{n}\n" for n in range(256))),
            "masks/classes.txt: names 256 classes, and masks can have 255 at most",
        ),
    ],
)
def test_one_fault_is_one_line_with_its_file(tmp_path: Path, damage: Callable[[Path], object], said: str) -> None:
    folder = a_set(tmp_path, names="a\nb\nc\n")
    damage(folder)
    lines = faults(folder)
    assert any(line.startswith(said) for line in lines), lines


def test_a_jpeg_is_refused_and_taken_for_black_and_white_where_that_is_said(tmp_path: Path) -> None:
    folder = a_set(tmp_path, (IDS > 0) * np.uint8(255), (IDS > 0) * np.uint8(255))
    (folder / "masks" / "0.png").unlink()
    Image.fromarray((IDS > 0) * np.uint8(255)).save(folder / "masks" / "0.jpg", quality=100)
    assert "masks/0.jpg: is JPEG, which does not keep the numbers" in faults(folder)[0]
    np.testing.assert_array_equal(read(folder, Masks(masks="binary"))[0], IDS > 0)


def test_all_faults_are_counted(tmp_path: Path) -> None:
    folder = a_set(tmp_path, *[IDS] * 9, names="a\nb\n")
    lines = faults(folder)
    assert lines[0] == "masks/0.png: has the value 2, and classes are 0 to 1" and len(lines) == 6
    assert lines[5].endswith("and 4 more faults, 9 in all")


def test_values_that_are_no_classes(tmp_path: Path) -> None:
    shades = np.arange(200, dtype=np.uint8).reshape(10, 20)
    assert "have 200 values up to 199" in faults(a_set(tmp_path / "a", shades))[0]
    assert "show one class only" in faults(a_set(tmp_path / "b", np.zeros_like(IDS)))[0]
    assert "has no masks/" in faults(tmp_path / "a" / "images")[0]


def test_pictures_without_a_mask_may_show_the_first_class_alone(tmp_path: Path) -> None:
    folder = a_set(tmp_path)
    (folder / "masks" / "1.png").unlink()
    assert len(Masks(unlabelled="skip").find(folder).samples) == 2
    found = Masks(unlabelled="empty").find(folder)
    assert [type(sample.truth) for sample in found.samples] == [MaskFile, Blank, MaskFile]
    np.testing.assert_array_equal(read(folder, Masks(unlabelled="empty"))[1], np.zeros((3, 4)))


def test_a_mask_that_changed_after_it_was_looked_at(tmp_path: Path) -> None:
    folder = a_set(tmp_path)
    (truth, *_) = (sample.truth for sample in Masks().find(folder).samples)
    Image.fromarray(IDS + np.uint8(5)).save(folder / "masks" / "0.png")
    with pytest.raises(DataError, match=r"has the values \[5, 6, 7\], and classes are 0 to 2"):
        truth.read(truth.path.read_bytes(), Pillow())
    assert Masks().find(folder).names == tuple(map(str, range(8)))  # looked at anew


def test_partitions_have_their_masks_beside_them(tmp_path: Path) -> None:
    for part in ("train", "test"):
        a_set(tmp_path / part)
    found = Masks().find(tmp_path)
    assert isinstance(reader_of(tmp_path), Masks)
    assert found.partitions == {"training": "train", "test": "test"} and len(found.samples) == 6


def test_the_set_that_nnlab_draws(tmp_path: Path) -> None:
    write_dataset(PlainShapes(images=3), tmp_path / "shapes")
    found = find("shapes", str(tmp_path), Masks())
    assert found.names == ("background", "circle", "square", "triangle")
    assert (found.left_out, len(found.samples)) == ((), 3)


def test_pixels_of_each_class_are_counted_when_masks_are_looked_at(tmp_path: Path) -> None:
    mask = IDS.copy()
    mask[0, 0] = 255
    found = Masks().find(a_set(tmp_path / "ids", mask, IDS))
    read_too = (*(sample.truth for sample in found.samples), Mask(mask))
    np.testing.assert_array_equal(pixels_of(read_too, 3), np.bincount(IDS.ravel()) * 3 - [2, 0, 0])
    black = Masks().find(a_set(tmp_path / "black", (IDS > 0) * np.uint8(255)))
    np.testing.assert_array_equal(pixels_of([black.samples[0].truth], 2), [(IDS == 0).sum(), (IDS > 0).sum()])


def test_what_is_wrong_with_masks_and_pictures_without_one_are_told_together(tmp_path: Path) -> None:
    folder = a_set(tmp_path, IDS, IDS, IDS, IDS)
    (folder / "masks" / "0.png").write_bytes(b"no picture")
    (folder / "masks" / "1.png").unlink()
    (folder / "masks" / "2.png").rename(folder / "masks" / "9.png")
    assert [line.split(":")[0] for line in faults(folder)] == [
        "masks/9.png", "masks/0.png", "images/1.png", "images/2.png"
    ]  # fmt: skip
