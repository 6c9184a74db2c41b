import os
from pathlib import Path

import pytest

from nnlab.core.errors import DataError
from nnlab.core.truth import Label
from nnlab.core.truths import labels_of
from nnlab.data.find import find


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder


def read(folder: Path) -> tuple[tuple[str, ...], list[str]]:
    found = find(folder.name, str(folder.parent))
    return found.names, [sample.source for sample in found.samples]


def test_classes_and_files_come_in_natural_order(tmp_path: Path) -> None:
    touch(tmp_path / "set", "10/a.png", "9/a10.png", "9/a9.PNG", "0/x.jpeg", "0/b.tif", "0/c.webp")
    classes, sources = read(tmp_path / "set")
    assert classes == ("0", "9", "10")
    assert sources == ["0/b.tif", "0/c.webp", "0/x.jpeg", "9/a9.PNG", "9/a10.png", "10/a.png"]


def test_numbers_and_labels_follow_the_order(tmp_path: Path) -> None:
    touch(tmp_path / "set", "a/0.png", "a/1.png", "b/0.png")
    found = find("set", str(tmp_path))
    assert [(sample.number, sample.truth) for sample in found.samples] == [(0, Label(0)), (1, Label(0)), (2, Label(1))]


def test_what_is_no_image_is_passed_over(tmp_path: Path) -> None:
    ignored = [
        "a/Thumbs.db",
        "a/.hidden.png",
        "a/notes.txt",
        ".git/x.png",
        "__MACOSX/x.png",
        "dataset.toml",
        "cover.png",
    ]
    touch(tmp_path / "set", "a/0.png", "b/0.png", *ignored)
    assert read(tmp_path / "set") == (("a", "b"), ["a/0.png", "b/0.png"])


def test_files_that_could_be_meant_are_left_out_by_name(tmp_path: Path) -> None:
    files = ["a/0.png", "b/0.png", "a/1.foo", "a/IMG_0001", "a/__2.png", "b/3.png.bak", "cover.png", "labels.csv"]
    touch(tmp_path / "set", *files, "a/Thumbs.db", "b/readme.txt", "dataset.toml", "a/.hidden.foo", "__MACOSX/x.foo")
    expected = {"a/1.foo", "a/IMG_0001", "a/__2.png", "b/3.png.bak", "cover.png"}
    assert set(find("set", str(tmp_path)).left_out) == expected


def test_so_they_are_in_folders_of_partitions(tmp_path: Path) -> None:
    touch(tmp_path / "set", "train/a/0.png", "train/b/0.png", "val/a/0.foo", "test/a/0.png", "test/b/1.foo")
    assert find("set", str(tmp_path)).left_out == ("test/b/1.foo",)


def test_a_class_of_nothing_but_such_files_says_which(tmp_path: Path) -> None:
    touch(tmp_path / "set", "a/0.foo", "a/1.foo", "b/0.png")
    with pytest.raises(DataError, match=r"a: class folder with no images .*2 files .* \(2 \.foo\): 0\.foo, 1\.foo"):
        find("set", str(tmp_path))


def test_images_of_other_formats_are_not_passed_over(tmp_path: Path) -> None:
    touch(tmp_path / "set", "a/0.png", "a/1.gif", "b/0.png")
    assert "a/1.gif" in read(tmp_path / "set")[1]


def test_odd_names_are_read_and_printable(tmp_path: Path) -> None:
    touch(tmp_path / "set", "größe 1/ä b.png", "b/\udcff.png")
    classes, sources = read(tmp_path / "set")
    assert classes == ("b", "größe 1")
    assert sources == ["b/\\xff.png", "größe 1/ä b.png"]


def test_links_are_followed_and_circles_are_not_fatal(tmp_path: Path) -> None:
    touch(tmp_path / "elsewhere", "0.png")
    touch(tmp_path / "set", "a/0.png")
    (tmp_path / "set" / "b").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "set" / "circle").symlink_to(tmp_path / "set" / "circle")
    (tmp_path / "set" / "a" / "up").symlink_to(tmp_path / "set")
    assert read(tmp_path / "set")[0] == ("a", "b")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "is empty: it has no class folders"),
        (["Thumbs.db"], "is empty: it has no class folders"),
        (["a.idx.gz", "b.idx.gz"], "of its files (a.idx.gz, b.idx.gz) none is a picture that nnlab reads"),
        (["train/a/0.png", "test/0.png"], "test: is a partition by its name, and has images but no class folders"),
        (["0.png"], "has images but no class folders"),
        (["a/0.png", "b/x.txt"], "b: class folder with no images"),
        (["a/0.png", "b/deep/0.png"], "its images lie in folders within it (deep)"),
        (["a/0.png", "b/0.png", "b/deep/1.png"], "images lie in a folder within a class's folder"),
    ],
)
def test_a_dataset_that_is_not_one_is_said(tmp_path: Path, files: list[str], words: str) -> None:
    (tmp_path / "set").mkdir()
    touch(tmp_path / "set", *files)
    with pytest.raises(DataError) as caught:
        read(tmp_path / "set")
    assert words in str(caught.value)
    assert caught.value.exit_code == 5


def labels(folder: Path) -> dict[str, tuple[str, str | None]]:
    found = find(folder.name, str(folder.parent))
    return {sample.source: (found.names[labels_of([sample.truth])[0]], sample.partition) for sample in found.samples}


def test_folders_of_partitions_are_read_partition_by_partition(tmp_path: Path) -> None:
    touch(tmp_path / "set", "test/b/0.png", "train/a/0.png", "train/b/1.png", "Val/a/2.png", "Val/b/3.png")
    found = find("set", str(tmp_path))
    assert found.names == ("a", "b")
    assert found.partitions == {"training": "train", "dev": "Val", "test": "test"}
    assert [sample.source for sample in found.samples] == [
        "train/a/0.png", "train/b/1.png", "Val/a/2.png", "Val/b/3.png", "test/b/0.png",
    ]  # fmt: skip
    assert [(s.number, s.truth.stratum, s.partition) for s in found.samples] == [
        (0, 0, "training"), (1, 1, "training"), (2, 0, "dev"), (3, 1, "dev"), (4, 1, "test"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["dev", "val", "valid", "validation", "VALID"])
def test_dev_has_several_names(tmp_path: Path, name: str) -> None:
    touch(tmp_path / "set", "training/a/0.png", f"{name}/a/1.png", "testing/a/2.png")
    assert labels(tmp_path / "set") == {
        "training/a/0.png": ("a", "training"), f"{name}/a/1.png": ("a", "dev"), "testing/a/2.png": ("a", "test"),
    }  # fmt: skip


def test_a_class_may_be_called_test(tmp_path: Path) -> None:
    touch(tmp_path / "set", "car/0.png", "train/0.png", "test/0.png")
    assert read(tmp_path / "set") == (("car", "test", "train"), ["car/0.png", "test/0.png", "train/0.png"])


def test_folders_without_images_beside_partitions_are_passed_over(tmp_path: Path) -> None:
    touch(tmp_path / "set", "train/a/0.png", "test/a/1.png", "labels/a.txt", "val/a/notes.txt", "readme.txt")
    (tmp_path / "set" / "test" / "b").mkdir()
    assert set(labels(tmp_path / "set")) == {"train/a/0.png", "test/a/1.png"}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (["test/a/0.png", "val/a/0.png"], "has val/ and test/ and no train/ to learn from"),
        (["train/a/0.png", "val/a/0.png", "dev/a/0.png"], "dev/ and val/ are both the dev partition"),
        (["train/a/0.png", "test/a/0.png", "more/a/0.png"], "more: has images and lies beside train/, test/"),
        (["train/a/0.png", "test/a/0.png", "more/0.png"], "more: has images and lies beside train/, test/"),
        (["train/cat/0.png", "test/Cat/0.png"], "test/Cat: train/ has no images of this class; is it cat?"),
        (["train/a/0.png", "test/x/0.png", "test/y/0.png"], "test/x: train/ has no images of this class (nor of y)"),
        (["train/0.png", "test/0.png"], "test/, train/ are partitions by their names, and have no class folders"),
        (["train/a/0.png", "train/1.png", "test/a/0.png"], "train: images lie beside folders of images (a)"),
        (["train/a/0.png", "train/b/x.txt", "test/a/0.png"], "train/b: class folder with no images"),
    ],
)
def test_partitions_that_are_not_right_are_one_line(tmp_path: Path, files: list[str], words: str) -> None:
    touch(tmp_path / "set", *files)
    with pytest.raises(DataError) as caught:
        read(tmp_path / "set")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_hints_are_commands_that_name_the_folder(tmp_path: Path) -> None:
    touch(tmp_path / "photos", "cat/0.png", "dog/0.png")
    with pytest.raises(DataError, match=f"if it is a class of photos, type: nnlab train {tmp_path}/photos$"):
        find("cat", str(tmp_path / "photos"))
    touch(tmp_path / "zip", "my photos/cat/0.png")
    with pytest.raises(DataError, match=f"type: nnlab train '{tmp_path}/zip/my photos'$"):
        find("zip", str(tmp_path))


def test_a_missing_dataset_is_said_with_the_nearest_names(tmp_path: Path) -> None:
    touch(tmp_path, "sign_digits/0/a.png")
    with pytest.raises(DataError, match="did you mean sign_digits"):
        find("sign-digit", str(tmp_path))
    with pytest.raises(DataError):
        find("sign_digits", str(tmp_path / "nowhere"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    folder = touch(tmp_path / "set", "a/0.png", "b/0.png") / "a"
    folder.chmod(0)
    try:
        with pytest.raises(DataError, match="a: cannot be read"):
            read(tmp_path / "set")
    finally:
        folder.chmod(0o700)
