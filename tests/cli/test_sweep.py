"""nnlab sweep: whole sweeps of a tiny network from the command line; what is there is not run again."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnlab.cli.main import main
from nnlab.labs.cell import Cell
from nnlab.labs.evidence import evidence_of
from nnlab.labs.work import worked
from nnlab.tracking.lock import hold, release
from nnlab.tracking.run import read_run

Write = Callable[[str], str]


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> list[Cell]:
    """Cells are done here: that each is a process of its own is tested with the engines. Those that were."""
    done: list[Cell] = []

    def told(message: dict[str, Any], heard: Callable[[dict[str, Any]], None], **_: Any) -> None:
        done.append(Cell(**message["cell"]))
        row = worked(done[-1], Path(message["folder"]), lambda *_, **__: None, place=Path(message["place"]))
        heard({"event": "row", "row": row})

    monkeypatch.setattr("nnlab.labs.engines.attempt.told", told)
    return done


@pytest.fixture
def plan(blobs: Path, tmp_path: Path) -> Write:
    """Writes a plan; its path. Its base's further flags may stand before the tables."""

    def write(text: str) -> str:
        more, _, tables = text.partition("\n") if text.startswith("--") else ("", "", text)
        base = (
            f"train {blobs / 'blobs'} --model=NLayers --layers=8 --resize=4,4 --epochs=2 --max-minibatch-size=8 "
            f"--no-disk-cache --gradient-checks=off --instability-checks=off --runs-dir={tmp_path / 'runs'} {more}"
        )
        path = tmp_path / "plan.toml"
        path.write_text(f'base = "{base.strip()}"\n{tables}')
        return str(path)

    return write


GRID = "[grid]\nlearning_rate = [1e-4, 1e-1]\n"


def folder(tmp_path: Path) -> Path:
    (found,) = (tmp_path / "runs").glob("*-sweep-*")
    return found


def test_a_sweep_from_its_plan_to_the_best_configuration(
    plan: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str], in_this_process: list[Cell]
) -> None:
    path = plan(f"{GRID}[repeat]\nmodel_seed = 2\n")
    assert main(["sweep", path]) == 0
    out, err = capsys.readouterr()
    rows = [line.split() for line in out.splitlines()]
    assert rows[0][:3] == ["trial", "learning_rate", "seeds"] and rows[1][:3] == ["2", "0.1", "2"]
    assert "The best of 2 whole trials is number 2, learning_rate=0.1: dev accuracy" in out
    study = folder(tmp_path)
    assert err.splitlines()[-1] == f"page: {study / 'report.html'}" and len(in_this_process) == 4
    trials = sorted(each.name for each in (study / "trials").iterdir())
    assert trials == sorted(cell.identity for cell in in_this_process)
    for run in (study / "trials").glob("*/2*"):
        assert read_run(run).summary is not None and read_run(run).summary["test"] is None
    # the best as a file: the same training, and test at its end
    assert main(["train", f"--config={study / 'best.toml'}", "--quiet"]) == 0
    (best,) = (tmp_path / "runs").glob("*-best-*")
    own = {key: value for key, value in evidence_of(best).items() if "weights" in key or "metrics" in key}
    assert own.items() <= evidence_of(next((study / "trials").glob("*/*learning_rate_0.1_1-*"))).items()
    assert read_run(best).summary["test"] is not None  # type: ignore[index]
    page = (study / "report.html").read_text()
    assert page.count('<path class="line') == 2 and "nnlab train --config=" in page


def test_the_same_plan_runs_nothing_and_one_with_a_value_more_that_alone(
    plan: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str], in_this_process: list[Cell]
) -> None:
    assert main(["sweep", plan(GRID), "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert main(["sweep", plan(GRID), "--json"]) == 0
    again, err = capsys.readouterr()
    assert json.loads(again) == first and "2 of 2 runs are there" in err and len(in_this_process) == 2
    assert main(["sweep", plan("[grid]\nlearning_rate = [1e-4, 1e-2, 1e-1]\n"), "--json"]) == 0
    more = json.loads(capsys.readouterr().out)
    assert [cell.name for cell in in_this_process[2:]] == ["learning_rate=0.01"]
    assert more["sweep"] == first["sweep"] == str(folder(tmp_path)) and len(more["trials"]) == 3
    assert {run for trial in first["trials"] for run in trial["runs"]} < {
        run for trial in more["trials"] for run in trial["runs"]
    }
    lines = (folder(tmp_path) / "rows.jsonl").read_text().splitlines()
    assert len(lines) == 3


def test_pruning_leaves_the_worse_and_keeps_no_states(
    plan: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str], in_this_process: list[Cell],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    text = "--epochs=4\n[grid]\nlearning_rate = [1e-9, 1e-8, 1e-1]\n[prune]\nepochs = 1\neta = 2\n"
    seen, texts, real = list[Any](), list[str](), worked

    def looking(*args: Any, **more: Any) -> Any:
        assert main(["sweep", "status", str(folder(tmp_path))]) == 0
        texts.append(capsys.readouterr().out)
        assert main(["sweep", "status", str(folder(tmp_path)), "--json"]) == 0
        seen.append(json.loads(capsys.readouterr().out))
        return real(*args, **more)

    monkeypatch.setattr(f"{__name__}.worked", looking)
    assert main(["sweep", plan(text), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(now["rung"], now["runs"]["done"], now["runs"]["left"]) for now in seen] == [
        (1, 0, 5), (1, 1, 4), (1, 2, 3), (2, 3, 2), (2, 4, 1), (3, 5, 0),
    ]  # fmt: skip
    assert not any(now["best"] for now in seen)  # none came to its end
    assert "  rung 2 of 3: 3 of 3 trials to epoch 1, 1 of 2 trials to epoch 2, 0 of 1 trials to epoch 4\n" in texts[4]
    assert main(["sweep", "status", str(folder(tmp_path))]) == 0
    text_at_the_end = capsys.readouterr().out
    assert "  best so far: learning_rate=0.1: dev accuracy" in text_at_the_end
    assert ": finished\n" in text_at_the_end and "  rungs: 3 of 3 trials to epoch 1, 2 of 2 trials" in text_at_the_end
    assert [trial["status"] for trial in found["trials"]] == ["done", "left after epoch 2", "left after epoch 1"]
    assert found["best"]["name"] == "learning_rate=0.1"
    assert [cell.job["epochs"] for cell in in_this_process] == [1, 1, 1, 2, 2, 4]
    assert not list(folder(tmp_path).rglob("checkpoint.safetensors"))
    whole = next(run for run in found["trials"][0]["runs"])
    assert read_run(whole).summary["epochs_run"] == 4  # type: ignore[index]
    assert main(["sweep", plan(text), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == found and len(in_this_process) == 6
    trials = folder(tmp_path) / "trials.json"  # killed before what follows was decided
    trials.write_text(trials.read_text().replace('"over": true', '"over": false'))
    assert main(["sweep", "status", str(folder(tmp_path))]) == 0
    assert ": left\n" in capsys.readouterr().out


@pytest.mark.parametrize(("prune", "runs"), [("", 5), ("[prune]\nepochs = 1\neta = 2\n", 8)])
def test_a_sampler_proposes_the_same_however_often_it_is_ended(
    prune: str, runs: int, plan: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str], in_this_process: list[Cell],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    pytest.importorskip("optuna", reason="Optuna is not installed (extra [sweep])")
    text = f"[tpe]\ntrials = 5\nbatch = 2\nlearning_rate = {{ low = 1e-4, high = 1.0, log = true }}\n{prune}"
    monkeypatch.setenv("NNLAB_RUNS_DIR", "")
    assert main(["sweep", plan(text), "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    in_this_process.clear()
    real = worked

    def ended(cell: Cell, *args: Any, **more: Any) -> Any:
        if len(in_this_process) == 4:
            raise KeyboardInterrupt
        return real(cell, *args, **more)

    other = plan(text).replace("plan.toml", "other.toml")
    Path(other).write_text(Path(plan(text)).read_text().replace(f"{tmp_path / 'runs'}", f"{tmp_path / 'again'}"))
    monkeypatch.setattr(f"{__name__}.worked", ended)
    assert main(["sweep", other]) == 130
    assert f"go on with: nnlab sweep {other}" in capsys.readouterr().err
    monkeypatch.setattr(f"{__name__}.worked", real)
    assert main(["sweep", other, "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert [trial["settings"] for trial in again["trials"]] == [trial["settings"] for trial in whole["trials"]]
    assert [trial["status"] for trial in again["trials"]] == [trial["status"] for trial in whole["trials"]]
    assert len({cell.identity for cell in in_this_process}) == runs


def test_what_fails_is_told_and_the_others_go_on(
    plan: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = worked

    def failing(cell: Cell, part: Path, *args: Any, **more: Any) -> Any:
        bad = {
            **cell.job,
            "settings": {**cell.job["settings"], "data": {**cell.job["settings"]["data"], "dataset": "x"}},
        }
        cell = Cell(cell.name, cell.kind, bad, cell.repeat) if "0.1" in cell.name else cell
        return real(cell, part, *args, **more)

    monkeypatch.setattr(f"{__name__}.worked", failing)
    assert main(["sweep", plan(GRID)]) == 5
    out, err = capsys.readouterr()
    assert out.splitlines()[2].split()[-1] == "failed" and "learning_rate=0.1, repeat 1: " in err
    assert main(["sweep", "status", str(folder(tmp_path))]) == 1
    assert "runs: 1 done, 0 running, 1 failed, 0 left" in capsys.readouterr().out
    monkeypatch.setattr(f"{__name__}.worked", real)
    assert main(["sweep", plan(GRID)]) == 0  # what failed is tried again


def test_status_while_it_runs(plan: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                              monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    texts, documents, real = list[str](), list[Any](), worked

    def looking(*args: Any, **more: Any) -> Any:
        study = folder(tmp_path)
        assert main(["sweep", "status", str(study)]) == 0
        texts.append(capsys.readouterr().out)
        assert main(["sweep", "status", study.name, f"--runs-dir={study.parent}", "--json"]) == 0
        documents.append(json.loads(capsys.readouterr().out))
        return real(*args, **more)

    monkeypatch.setattr(f"{__name__}.worked", looking)
    assert main(["sweep", plan(f"{GRID}[repeat]\nmodel_seed = 2\n"), "--quiet"]) == 0
    assert [found["runs"]["done"] for found in documents] == [0, 1, 2, 3]
    assert {found["state"] for found in documents} == {"running"}
    assert [found["running"][0]["cell"] for found in documents[:2]] == ["learning_rate=0.0001", "learning_rate=0.1"]
    assert documents[0]["seconds_left"] is None and documents[2]["seconds_left"] > 0
    assert "runs: 2 done, 1 running, 0 failed, 1 left" in texts[2] and " left\n" in texts[2]
    assert "best so far: learning_rate=" in texts[3]
    capsys.readouterr()
    assert main(["sweep", "status", str(folder(tmp_path))]) == 0
    assert ": finished\n" in capsys.readouterr().out


def test_report_writes_the_page_anew(plan: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", plan(GRID)]) == 0
    table = capsys.readouterr().out
    study = folder(tmp_path)
    for name in ("report.html", "best.toml", "sweep.json"):
        (study / name).unlink()
    assert main(["report", str(study)]) == 0
    assert capsys.readouterr().out.startswith(table)
    assert tomllib.loads((study / "best.toml").read_text())["run"]["exp_id"] == "best"
    assert (study / "report.html").is_file() and (study / "sweep.json").is_file()


def test_a_dry_run_writes_nothing(plan: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                  monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    from nnlab.labs.work import _estimated

    def told(message: dict[str, Any], heard: Callable[[dict[str, Any]], None], **_: Any) -> None:
        _estimated(message["estimate"], lambda event, **said: heard({"event": event, **said}))

    monkeypatch.setattr("nnlab.labs.estimate.told", told)
    text = "--epochs=4\n[random]\ntrials = 60\nlearning_rate = { low = 1e-4, high = 1.0 }\n[prune]\nepochs = 1\n"
    assert main(["sweep", "--dry-run", plan(text)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("sweep: 60 trials: 87 runs, a process each\n") and "... and 20 more" in out
    assert "pruned: 60 trials to epoch 1, 20 trials to epoch 3, 7 trials to epoch 4" in out
    assert "estimated from one timed step of 12 trials" in out
    assert main(["sweep", "run", plan(GRID), "--dry-run", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["whole"]["cells"] == 2 and found["whole"]["wall_s"] > 0 and len(found["trials"]) == 2
    assert not (tmp_path / "runs").exists()


def test_two_at_once(plan: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", plan(GRID), "--quiet"]) == 0
    lock, before = hold(folder(tmp_path)), (folder(tmp_path) / "plan.json").read_bytes()
    try:
        assert main(["sweep", plan("[grid]\nlearning_rate = [1e-4, 1e-2]\n")]) == 1
    finally:
        release(lock)
    assert (folder(tmp_path) / "plan.json").read_bytes() == before
    assert capsys.readouterr().err.count("another process is at work on it; wait for it, or end it") == 1


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["none.toml"], 5, "none.toml: cannot be read"),
        (["./"], 5, "cannot be read (a folder, not a file); type nnlab sweep plan.toml"),
        (["statu", "x"], 2, "no command 'sweep statu'; did you mean status?"),
        (["status", "."], 5, "is no folder of a lab"),
        (["--bogus", "p.toml"], 2, "No such option"),
    ],
)
def test_what_cannot_be(
    words: list[str], code: int, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", *words]) == code
    out, err = capsys.readouterr()
    assert out == "" and says.lower() in err.lower() and len(err.splitlines()) == 1


def test_a_plan_with_mistakes_writes_nothing(plan: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = plan('--lerning-rate=1\n[grid]\nlayers = []\noptimizer = ["Adm"]\n[repeat]\nmodelseed = 3\n')
    assert main(["sweep", path]) == 2
    lines = [line.partition("plan.toml, ")[2] for line in capsys.readouterr().err.splitlines()]
    assert [line.partition(";")[0] for line in lines] == [
        "line 3: grid.layers: is an empty list",
        "line 6: repeat.modelseed: is no seed",
        "line 1: base: --lerning-rate: no such option",
    ]
    assert not (tmp_path / "runs").exists()


def test_a_folder_that_cannot_be_written(plan: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "runs").write_text("no folder")
    assert main(["sweep", plan(GRID)]) == 1
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("nnlab: error: ")]
    assert len(errors) == 1 and errors[0].endswith("(file exists); choose another folder with --runs-dir")
