"""From a name to a folder, and drawing into the cache on first use."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nnlab.core.errors import DataError
from nnlab.data.makers.colors import Colors
from nnlab.data.makers.locate import cached_folder, dataset_folder
from nnlab.data.makers.write import publish


def test_a_folder_of_that_name_comes_first(tmp_path: Path, cache_folder: Path) -> None:
    (tmp_path / "colors").mkdir()
    assert dataset_folder("colors", tmp_path) == tmp_path / "colors"
    assert not cache_folder.exists()


def test_a_set_that_nnlab_draws_is_drawn_once_into_the_cache(tmp_path: Path, cache_folder: Path) -> None:
    said: list[str] = []
    folder = dataset_folder("colors", tmp_path, say=said.append)
    assert folder == cache_folder / "datasets" / f"colors-{Colors.version}" == cached_folder(Colors())
    assert len(list(folder.glob("*/*.png"))) == 180
    assert len(said) == 1 and "drawing colors (180 images)" in said[0]
    stamp = (folder / "red" / "red_000.png").stat().st_mtime_ns
    assert dataset_folder("colors", str(tmp_path), say=said.append) == folder
    assert (folder / "red" / "red_000.png").stat().st_mtime_ns == stamp
    assert len(said) == 1


def test_away_from_any_datasets_the_default_folder_need_not_be_there(
    tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert dataset_folder("colors", "datasets") == cached_folder(Colors())


def test_a_chosen_folder_that_is_not_there_is_never_replaced_by_a_drawn_set(tmp_path: Path, cache_folder: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere: no such folder of datasets; check --datasets-path$"):
        dataset_folder("colors", tmp_path / "nowhere")
    assert not cache_folder.exists()


def test_a_set_written_in_other_letters_is_the_one_in_the_folder(tmp_path: Path, cache_folder: Path) -> None:
    (tmp_path / "colors").mkdir()
    assert dataset_folder("Colors", tmp_path).samefile(tmp_path / "colors")
    assert not cache_folder.exists()


def test_several_may_draw_at_once_and_none_sees_half_a_set(tmp_path: Path) -> None:
    folder, maker = tmp_path / "cache" / "colors-1", Colors(images=12)
    with ThreadPoolExecutor(4) as threads:
        counts = list(threads.map(lambda _: len(list(publish(maker, folder).glob("*/*.png"))), range(4)))
    assert counts == [12] * 4
    assert [path.name for path in folder.parent.iterdir()] == ["colors-1"]


def test_an_unknown_name_is_told_the_nearest(tmp_path: Path, cache_folder: Path) -> None:
    (tmp_path / "signs").mkdir()
    with pytest.raises(DataError, match=r"nubmers: no such dataset in .*; did you mean numbers\?"):
        dataset_folder("nubmers", tmp_path)
    with pytest.raises(DataError, match=r"sings: .*did you mean signs\?"):
        dataset_folder("sings", tmp_path)
    with pytest.raises(
        DataError, match=r"xyz: .*known are centred, colors, numbers, plain_shapes, rotated_digits, shapes, signs$"
    ):
        dataset_folder("xyz", tmp_path)
    with pytest.raises(DataError, match=r"and no folder .*nowhere to look for it in.*--datasets-path"):
        dataset_folder("xyz", tmp_path / "nowhere")


def test_a_file_is_no_dataset(tmp_path: Path) -> None:
    (tmp_path / "colors").write_text("a file")
    with pytest.raises(DataError, match="not a dataset but a file"):
        dataset_folder("colors", tmp_path)


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("where the cache folder should be")
    monkeypatch.setenv("NNLAB_CACHE_DIR", str(tmp_path / "file"))
    with pytest.raises(DataError, match="colors-1: cannot be written"):
        dataset_folder("colors", tmp_path)
