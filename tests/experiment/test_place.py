"""Which folder is meant."""

from pathlib import Path

import pytest

from nnlab.core.errors import DataError, UsageError
from nnlab.experiment.place import Place, place_of


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with photos/ (a dataset), sets/signs (a dataset in a folder of datasets) and a file."""
    folder = tmp_path / "here"
    for name in ("photos/cat/0.png", "photos/dog/0.png", "sets/signs/1/0.png", "sets/signs/2/0.png", "photos.zip"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("said", ["photos", "./photos", "photos/", "sets/../photos", "../here/photos"])
def test_a_folder_is_named_absolutely_however_it_is_written(here: Path, said: str) -> None:
    assert place_of(said, None) == Place(str(here), "photos")


def test_home_and_links_are_followed_and_a_link_keeps_its_name(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(here))
    assert place_of("~/photos", None) == Place(str(here), "photos")
    (here / "mine").symlink_to(here / "photos")
    assert place_of("mine", None) == Place(str(here), "mine")
    monkeypatch.chdir(here / "photos")
    assert place_of(".", None) == Place(str(here), "photos")


def test_a_name_is_left_to_the_folder_of_datasets(here: Path) -> None:
    assert place_of(None, None) is None
    assert place_of("numbers", None) is None
    assert place_of("signs", "sets") is None
    assert place_of("nothing", "sets") is None  # said, with near names, by whoever looks for it
    (here / "datasets" / "photos").mkdir(parents=True)
    assert place_of("photos", None) is None


def test_a_path_below_the_folder_of_datasets_is_found_there(here: Path) -> None:
    (here / "more" / "a" / "b").mkdir(parents=True)
    assert place_of("a/b", "more") == Place(str(here / "more" / "a"), "b")
    (here / "a" / "b").mkdir(parents=True)
    with pytest.raises(UsageError, match=r"--dataset=a/b: may be .*here/a/b or .*here/more/a/b"):
        place_of("a/b", "more")


def test_a_folder_of_datasets_that_is_itself_the_dataset_is_taken_and_said(here: Path) -> None:
    place = place_of(None, "photos")
    assert place is not None
    assert (place.datasets_path, place.dataset) == (str(here), "photos")
    assert place.note == "photos is itself a dataset, and what is read: nnlab train photos"
    assert place_of("photos", "photos") == place


def test_a_class_called_as_the_default_dataset_is_no_dataset(here: Path) -> None:
    for name in ("letters", "numbers"):
        (here / "scans" / name).mkdir(parents=True)
        (here / "scans" / name / "0.png").touch()
    place = place_of(None, "scans")
    assert place is not None and place.dataset == "scans"


def test_a_folder_of_loose_images_is_what_is_looked_into(here: Path) -> None:
    assert place_of(None, "photos/cat") == Place(str(here / "photos"), "cat")


def test_a_path_is_never_answered_with_another_dataset(here: Path) -> None:
    with pytest.raises(DataError, match=r"foo: no such dataset in photos, which is itself a dataset; .*train photos$"):
        place_of("foo", "photos")
    with pytest.raises(DataError, match=r"sets: has no dataset numbers, and none was named; name one: --dataset=signs"):
        place_of(None, "sets")
    with pytest.raises(DataError, match=r"photo: no such folder; did you mean photos\?"):
        place_of("./photo", None)
    with pytest.raises(DataError, match=r"photos.zip: is a file, not a folder of class folders; unpack it"):
        place_of("./photos.zip", None)
    with pytest.raises(DataError, match="no such folder; check the path"):
        place_of(str(here / "nowhere" / "photos"), None)
    with pytest.raises(DataError, match="is no dataset"):
        place_of("/", None)


def test_an_own_folder_called_as_a_set_that_nnlab_draws_is_kept_by_its_path(here: Path) -> None:
    (here / "numbers" / "1").mkdir(parents=True)
    assert place_of("./numbers", None) == Place("datasets", str(here / "numbers"))
    assert place_of("numbers", None) == Place("datasets", str(here / "numbers"))


def test_a_set_that_ships_keeps_its_name(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    assert place_of("datasets/numbers", None) == Place("datasets", "numbers")
