from pathlib import Path

from nnlab.data.walk import files_within


def touched(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder


def names(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in files_within(folder)]


def test_linked_folders_and_files_are_looked_into(tmp_path: Path) -> None:
    touched(tmp_path / "elsewhere", "0.png", "deep/1.png")
    touched(tmp_path / "photos", "a/10.png", "a/9.png", ".hidden/x.png", "a/.x.png", "__MACOSX/x.png")
    (tmp_path / "photos" / "b").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "photos" / "c.png").symlink_to(tmp_path / "elsewhere" / "0.png")
    (tmp_path / "photos" / "d.png").symlink_to(tmp_path / "nowhere.png")
    assert names(tmp_path / "photos") == ["a/9.png", "a/10.png", "b/0.png", "b/deep/1.png", "c.png", "d.png"]


def test_circles_have_an_end_and_no_folder_is_looked_into_twice(tmp_path: Path) -> None:
    touched(tmp_path / "photos", "z/0.png", "1.png")
    (tmp_path / "photos" / "again").symlink_to(tmp_path / "photos")
    (tmp_path / "photos" / "z" / "up").symlink_to("..")
    (tmp_path / "photos" / "itself").symlink_to("itself")
    (tmp_path / "photos" / "a").symlink_to("z")  # named by where they lie, not by a link that comes first
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    assert names(tmp_path / "link") == ["1.png", "itself", "z/0.png"]


def test_many_links_to_many_links_stay_few(tmp_path: Path) -> None:
    for place in range(20):
        (tmp_path / str(place)).mkdir()
    for place in range(19):
        for link in "abc":
            (tmp_path / str(place) / link).symlink_to(tmp_path / str(place + 1))
    touched(tmp_path / "19", "x.png")
    assert names(tmp_path / "0") == ["a/" * 19 + "x.png"]  # not 3^19 of them
