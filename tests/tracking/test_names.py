"""A run by its name: the same folder that its path means, and never one of several."""

from pathlib import Path

import pytest

from nnlab.core.errors import DataError, UsageError
from nnlab.tracking.names import run_folder
from nnlab.tracking.run import read_run

NAMES = ("20260101-000000-main-01", "20260102-000000-main-02", "20260102-111111-my-photos-03")


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "runs"
    for name in NAMES:
        (folder / name).mkdir(parents=True)
        (folder / name / "config.toml").touch()
    (folder / "latest").symlink_to(NAMES[1])
    (folder / "20260103-a-bench").mkdir()  # not a run
    return folder


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("latest", NAMES[1]),
        ("main", NAMES[1]),
        ("my-photos", NAMES[2]),
        ("my-ph", NAMES[2]),
        ("ma", NAMES[1]),  # the newest of one exp-id
        ("20260101", NAMES[0]),
        (NAMES[0], NAMES[0]),
        ("runs/latest", NAMES[1]),
        (f"runs/{NAMES[2]}/", NAMES[2]),
    ],
)
def test_names_and_paths_lead_to_the_run(name: str, meant: str) -> None:
    assert read_run(name).name == meant


def test_a_beginning_of_several_is_refused() -> None:
    with pytest.raises(UsageError, match=f"2 runs in runs begin so; write more of it, such as {NAMES[1]}, {NAMES[2]}"):
        run_folder("20260102")


def test_a_beginning_of_several_exp_ids_is_refused(runs: Path) -> None:
    (runs / "20260104-000000-mask-04").mkdir()
    (runs / "20260104-000000-mask-04" / "config.toml").touch()
    with pytest.raises(UsageError, match="2 exp-ids in runs begin so; write more of it, such as main, mask"):
        run_folder("ma")


def test_a_folder_that_is_there_comes_first(tmp_path: Path) -> None:
    (tmp_path / "main").mkdir()
    assert run_folder("main") == Path("main")


@pytest.mark.parametrize("name", ["nothing", "20260103", "./main", "runs/main", ""])
def test_what_is_no_run_stays_as_it_was_written(name: str) -> None:
    with pytest.raises(DataError, match=r"no run here \(no config.toml\)"):
        read_run(name)


def test_another_folder_of_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "runs").rename(tmp_path / "elsewhere")
    monkeypatch.setenv("NNLAB_RUNS_DIR", "elsewhere")
    assert run_folder("my-photos") == Path("elsewhere") / NAMES[2]
