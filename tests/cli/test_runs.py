"""`nnlab runs` as users type it."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnlab.cli.main import main
from nnlab.tracking.lock import hold, release
from nnlab.tracking.run import read_run

Call = Callable[..., tuple[int, str, str]]

SMALL = ("--dataset=blobs", "--resize=6,6", "--no-disk-cache", "--threads=1", "--quiet", "--gradient-checks=off")


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(list(args))
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, blobs: Path) -> Path:
    """A folder of two runs of one epoch, made once for all tests here, which copy it."""
    folder = tmp_path_factory.mktemp("trained")
    where = (f"--datasets-path={blobs}", f"--runs-dir={folder / 'runs'}")
    code = main(["train", *where, *SMALL, "--exp-id=one", "--epochs=1", "-e", *where, *SMALL, "--exp-id=two",
                 "--epochs=2", "--learning-rate=0.01"])  # fmt: skip
    assert code == 0
    return folder / "runs"


@pytest.fixture
def runs(trained: Path, tmp_path: Path) -> Path:
    shutil.copytree(trained, tmp_path / "runs", symlinks=True)
    return tmp_path / "runs"


def folder_of(runs: Path, exp_id: str) -> Path:
    (found,) = runs.glob(f"*-{exp_id}-*")
    return found


def document(said: str) -> Any:
    return json.loads(said)


def test_runs_are_listed_the_newest_first_with_their_size(call: Call, runs: Path) -> None:
    code, out, err = call("runs", "list", "--json")
    assert code == 0, err
    found = document(out)
    assert found["schema_version"] == 1
    assert [row["id"] for row in found["runs"]] == ["two", "one"]
    row = found["runs"][0]
    assert row["state"] == "finished" and row["epochs_run"] == row["epochs"] == 2 and not row["kept"]
    assert row["bytes"] == sum(f.lstat().st_blocks * 512 for f in Path(row["path"]).rglob("*") if f.is_file())
    assert row["test"]["accuracy"] == read_run(row["path"]).summary["test"]["accuracy"]  # type: ignore[index]
    code, out, err = call("runs", "list")
    lines = out.splitlines()
    head = "run state model dataset epochs dev test parameters time size"
    assert lines[0].split() == head.split()
    assert lines[1].startswith(folder_of(runs, "two").name) and "finished" in lines[1] and "blobs" in lines[1]
    assert err.startswith("2 runs, ")


def test_lists_are_filtered_and_sorted(call: Call, runs: Path) -> None:
    def ids(*args: str) -> list[str]:
        code, out, err = call("runs", "list", "--json", *args)
        assert code == 0, err
        return [row["id"] for row in document(out)["runs"]]

    assert ids("--filter=epochs=1") == ["one"]
    assert ids("--filter=learning-rate>0.005") == ["two"]
    assert ids("--filter=dataset=blo*", "--filter=id!=two") == ["one"]
    assert ids("--filter=test<101%", "--sort=name") == ["one", "two"]
    assert ids("--sort=epochs_run", "--reverse") == ["two", "one"]
    assert ids("one") == ["one"]
    code, _, err = call("runs", "list", "--sort=learning-rat")
    assert code == 2 and "did you mean learning_rate" in err and len(err.splitlines()) == 1
    code, _, err = call("runs", "list", "--filter=nonsense")
    assert code == 2 and "KEY=VALUE" in err


def test_every_state_is_listed_and_nothing_is_a_traceback(call: Call, runs: Path) -> None:
    one, two = folder_of(runs, "one"), folder_of(runs, "two")
    names = ("killed", "hurt", "bare", "failed", "worse")
    killed, hurt, bare, failed, worse = (runs / f"20200101-000000-{name}-00000000" for name in names)
    for copy in (killed, hurt, bare, failed, worse):
        shutil.copytree(one, copy)
    (killed / "summary.json").unlink()
    (hurt / "summary.json").write_text("{ damaged \x1b[31m")
    (bare / "config.toml").unlink()
    (worse / "summary.json").write_text('{"stopped": "finished", "dev": {"loss": "\x1b[31m", "accuracy": []}}')
    summary = json.loads((failed / "summary.json").read_text())
    summary |= {"stopped": "failed", "error": "the disk\x1b[31m is full"}
    (failed / "summary.json").write_text(json.dumps(summary))
    (runs / "20200101-000000-cv-folds-00000000").mkdir()
    (runs / "20200101-000000-cv-folds-00000000" / "folds.json").write_text("{}")
    (runs / "notes").mkdir()
    (runs / "elsewhere").symlink_to(one)
    handle = hold(two)
    (two / "summary.json").unlink()
    code, out, err = call("runs", "list", "--json")
    release(handle)
    assert code == 0, err
    states = {row["id"]: row["state"] for row in document(out)["runs"]}
    assert states == {
        "one": "finished", "two": "training", "killed": "killed", "hurt": "damaged", "bare": "damaged",
        "failed": "failed", "worse": "damaged",
    }  # fmt: skip
    code, out, err = call("runs", "list", "--all", "--json")
    assert [row["id"] for row in document(out)["runs"] if row["state"] == "folds"] == ["cv-folds"]
    code, out, err = call("runs", "list", "--sort=dev")
    assert code == 0 and "\x1b" not in out and "the disk\\x1b[31m is full" in out and "Traceback" not in err
    for folder in (killed, hurt, bare, failed, worse, two):
        for form in ((), ("--json",)):
            code, out, err = call("runs", "show", str(folder), *form)
            assert code == 0 and "\x1b" not in out, (folder, err)


def test_a_run_is_shown(call: Call, runs: Path) -> None:
    code, out, err = call("runs", "show", "one")
    folder = folder_of(runs, "one")
    assert code == 0, err
    assert out.startswith(f"{folder.name}: finished\n") and "OneLayer with Adam on blobs" in out
    assert f"nnlab train --config={folder / 'config.toml'}" in out
    assert "95% interval" in out
    code, out, err = call("runs", "show", "latest", "--json")
    found = document(out)["run"]
    assert found["name"] == folder_of(runs, "two").name and found["openings"] == []
    assert found["config"]["run"]["epochs"] == 2 and found["summary"]["epochs_run"] == 2


def test_what_two_runs_differ_in(call: Call, runs: Path) -> None:
    code, out, err = call("runs", "diff", "one", "two", "--json")
    assert code == 0, err
    found = document(out)
    assert found["differing"] == {"epochs": ["1", "2"], "learning_rate": ["0.001", "0.01"]}
    assert [row["results"]["epochs_run"] for row in found["runs"]] == [1, 2]
    code, out, err = call("runs", "diff", "one", "two")
    assert [line.split() for line in out.splitlines() if line.startswith("learning_rate")] == [
        ["learning_rate", "0.001", "0.01"]
    ]
    code, out, err = call("runs", "diff", "one")
    assert code == 2 and "takes two runs" in err


def test_delete_asks_and_without_a_terminal_says_what_to_type(call: Call, runs: Path) -> None:
    code, out, err = call("runs", "delete", "one")
    assert code == 2 and "nnlab runs delete one --yes" in err and folder_of(runs, "one").is_dir()
    code, out, err = call("runs", "delete", "one", "--dry-run")
    assert code == 0 and out.startswith("would delete 1 run, ") and folder_of(runs, "one").is_dir()


@pytest.mark.parametrize(("answer", "stays"), [("n", True), ("y", False)])
def test_delete_does_what_is_answered(
    call: Call, runs: Path, monkeypatch: pytest.MonkeyPatch, answer: str, stays: bool
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda *args: answer)
    code, _, err = call("runs", "delete", "one")
    assert code == 0, err
    assert bool(list(runs.glob("*-one-*"))) == stays
    assert ("nothing was deleted" in err) == stays


def test_latest_points_at_the_newest_that_is_left(call: Call, runs: Path) -> None:
    one, two = folder_of(runs, "one"), folder_of(runs, "two")
    code, out, err = call("runs", "delete", "latest", "--yes", "--json")
    assert code == 0, err
    assert [row["name"] for row in document(out)["deleted"]] == [two.name]
    assert not two.exists() and (runs / "latest").resolve() == one
    assert call("runs", "delete", "one", "--yes")[0] == 0
    assert not os.path.lexists(runs / "latest") and list(runs.iterdir()) == []
    code, out, err = call("runs", "delete", "one", "--yes")
    assert code == 5 and "no run here" in err


def test_a_run_that_is_kept_or_trains_stays(call: Call, runs: Path) -> None:
    assert call("runs", "keep", "one")[1].endswith("is kept\n")
    code, out, err = call("runs", "delete", "one", "--yes")
    assert code == 2 and "is kept" in err and "nnlab runs keep --off" in err and folder_of(runs, "one").is_dir()
    assert "finished, kept" in call("runs", "list", "one")[1]
    code, out, err = call("runs", "delete", "--filter=state=finished", "--yes")
    assert code == 0 and out.startswith("deleted 1 run") and folder_of(runs, "one").is_dir()
    assert call("runs", "keep", "--off", "one")[0] == 0
    handle = hold(folder_of(runs, "one"))
    code, out, err = call("runs", "delete", "one", "--yes")
    release(handle)
    assert code == 2 and "is being trained" in err
    assert call("runs", "delete", "one", "--yes")[0] == 0


def test_nothing_is_deleted_outside_the_folder_of_runs(call: Call, runs: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    shutil.move(folder_of(runs, "one"), outside)
    (runs / "20200101-000000-a-00000000").symlink_to(outside)
    (tmp_path / "precious").write_text("stay")
    two = folder_of(runs, "two")
    (two / "link").symlink_to(tmp_path / "precious")
    (two / "links").symlink_to(outside, target_is_directory=True)
    (runs / "notes").mkdir()
    refused = (
        str(outside),
        "20200101-000000-a-00000000",
        "runs/../outside",
        "runs",
        ".",
        "runs/notes",
        str(two / ".."),
    )
    for name in (*refused, str(two / "..")):
        code, out, err = call("runs", "delete", name, "--yes")
        assert code in (2, 5) and len(err.splitlines()) == 1, (name, out, err)
    shutil.rmtree(runs / "notes")
    assert call("runs", "delete", "two", "--yes")[0] == 0 and not two.exists()
    assert (outside / "config.toml").is_file() and (tmp_path / "precious").read_text() == "stay"


def test_several_mistakes_are_told_at_once_and_nothing_is_deleted(call: Call, runs: Path) -> None:
    call("runs", "keep", "two")
    code, _, err = call("runs", "delete", "nowhere", "neither", "one", "--yes")
    assert code == 5 and len(err.splitlines()) == 2 and folder_of(runs, "one").is_dir()
    code, _, err = call("runs", "delete", "one", "two", "--yes")
    assert code == 2 and "is kept" in err and folder_of(runs, "one").is_dir()


def test_no_folder_of_runs_is_one_line(call: Call) -> None:
    code, _, err = call("runs", "list")
    assert code == 5 and "cannot be listed" in err and len(err.splitlines()) == 1
