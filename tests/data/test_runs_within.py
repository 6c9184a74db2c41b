"""Runs that lie in a dataset's folder are no part of it."""

from pathlib import Path

import pytest

from nnlab.cli.main import main
from nnlab.core.errors import DataError
from nnlab.data.find import find
from nnlab.data.layout import entries
from nnlab.data.walk import files_within

from .conftest import WriteSet

RUN = "20260102-030405-main-0a1b2c3d"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for name in ("cat/1.png", "dog/1.png"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    return tmp_path


def with_figures(folder: Path) -> None:
    (folder / "figures").mkdir(parents=True)
    (folder / "figures" / "training.png").touch()
    (folder / "chart.png").touch()


@pytest.mark.parametrize("runs", ["runs", "out", "."])
def test_runs_are_no_class(photos: Path, runs: str) -> None:
    with_figures(photos / runs / RUN)
    with_figures(photos / runs / f"{RUN}-2")
    (photos / runs / "latest").symlink_to(RUN)
    assert find(str(photos), str(photos.parent)).names == ("cat", "dog")
    assert [path.name for path in files_within(photos)] == ["1.png", "1.png"]


def test_a_class_with_runs_in_it_stays_a_class(photos: Path) -> None:
    with_figures(photos / "cat" / RUN)
    assert [entry.name for entry in entries(photos)] == ["cat", "dog"]


@pytest.mark.parametrize("name", ["20260102-030405-party", "20260102", "runs"])
def test_other_folders_of_such_names_are_classes(photos: Path, name: str) -> None:
    (photos / name).mkdir()
    with pytest.raises(DataError, match=f"{name}: class folder with no images"):
        find(str(photos), str(photos.parent))


@pytest.mark.usefixtures("cache_folder")
def test_train_here_once_and_again(
    write_set: WriteSet, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = write_set()
    monkeypatch.chdir(photos)
    for _ in range(2):
        assert main(["train", ".", "--epochs=1", "--quiet", "--resize=4", "--gradient-checks=off"]) == 0
    assert main(["infer", "--run=latest", ".", "--csv"]) == 0
    assert "figures" not in capsys.readouterr().out
    assert len(list((photos / "runs").glob("2*"))) == 2
