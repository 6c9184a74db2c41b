"""nnlab resolution sweep and tune: whole labs on a small run, gone on with, and what cannot be."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nnlab
from nnlab.cli.main import main
from nnlab.labs.cell import Cell
from nnlab.labs.engines import attempt
from nnlab.labs.study_folder import StudyFolder
from nnlab.labs.work import worked
from nnlab.labs.worker import Late
from nnlab.tracking.run import read_run

SETTINGS = {
    "model": "SmallCnn", "widths": (4,), "global_pooling": True, "resize": (12, 12), "epochs": 1, "threads": 1,
    "augment": ("RandomResizedCrop:scale=0.25,0.25,ratio=1,1",), "disk_cache": False, "max_minibatch_size": 16,
}  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, blobs: Path) -> Path:
    runs = tmp_path_factory.mktemp("resolution")
    return Path(nnlab.train(str(blobs / "blobs"), runs_dir=str(runs), **SETTINGS).folder)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells are done here: that each is a process of its own is tested with the engine."""

    def told(message: dict[str, Any], heard: Callable[[dict[str, Any]], None], **_: Any) -> None:
        row = worked(
            Cell(**message["cell"]), Path(message["folder"]), lambda *_, **__: None, place=Path(message["place"])
        )
        heard({"event": "row", "row": row})

    monkeypatch.setattr("nnlab.labs.engines.attempt.told", told)


def folder_of(err: str) -> Path:
    return Path(err.splitlines()[0].partition(" cells in ")[2])


def test_a_sweep_and_going_on_with_it(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resolution", "sweep", str(run), "--sizes=0.75,18"]) == 0
    out, err = capsys.readouterr()
    study = folder_of(err)
    assert study.parent == run.parent and "resolution-sweep" in study.name
    lines = out.splitlines()
    assert [line.split()[0] for line in lines[1:5]] == ["8", "12", "18", "24"]
    assert lines[2].endswith("its own size") and lines[4].endswith("suggested (linear sigma 0.500)")
    assert {"config.toml", "environment.json", "rows.jsonl", "report.html", "resolution-sweep.json"} <= {
        path.name for path in study.iterdir()
    }
    assert (study / "figures" / "sizes.png").is_file()
    assert main(["resolution", "sweep", f"--resume={study}", "--json", "-q"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["size"], found["suggested"]["linear"], found["suggested"]["area"]) == ([12, 12], [24, 24], [48, 48])
    assert [row["size"][0] for row in found["rows"]] == [8, 12, 18, 24]
    assert found["rows"][0]["against_own_size"]["word"] in ("better", "worse", "cannot tell")
    assert len((study / "rows.jsonl").read_text().splitlines()) == 4  # nothing was run twice
    assert main(["resolution", "sweep", f"--resume={study}", "--sizes=24"]) == 2
    assert "is of another plan: resolution.sizes is" in capsys.readouterr().err


def test_tuning_beside_its_own_size(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--sizes=24", "--modes=head,all", "--epochs=2", "--learning-rate=0.01"]
    opened = len(read_run(run).openings)
    assert main(["resolution", "tune", str(run), *flags, "--json"]) == 0
    out, err = capsys.readouterr()
    found, study = json.loads(out), folder_of(err)
    names = [f"{mode} at {size}" for size in (12, 24) for mode in ("none", "head", "all")]
    assert [row["name"] for row in found["rows"]] == names
    for row in found["rows"]:
        moved = {tensor["name"] for tensor in row["tensors"] if tensor["changed"]}
        assert moved <= {tensor["name"] for tensor in row["tensors"] if tensor["may_change"]}
        assert bool(moved) == (row["mode"] != "none")
    assert "Every tensor that a way to tune must not touch is byte-identical afterwards." in found["sentences"]
    chosen = found["test"]["chosen"]
    best = max(found["rows"], key=lambda row: row["dev"]["accuracy"])
    assert chosen == best["name"]
    later = len(read_run(run).openings)
    assert later == opened + (chosen != "none at 12")  # test is opened once, where anything was chosen
    assert main(["resolution", "tune", f"--resume={study}", "-q"]) == 0
    assert len(read_run(run).openings) == later
    assert capsys.readouterr().out.splitlines()[1].startswith("none at 12")


def test_test_stays_closed_until_every_cell_has_run(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A choice among some of the cells would open it, and the choice among all of them once more."""
    done = attempt.told
    count = iter(range(100))

    def two(*said: Any, **more: Any) -> Any:
        if next(count) == 2:
            raise Late
        return done(*said, **more)

    opened = len(read_run(run).openings)
    monkeypatch.setattr("nnlab.labs.engines.attempt.told", two)
    flags = ["--sizes=24", "--modes=all", "--epochs=2", "--learning-rate=0.01", "--seed=1"]
    assert main(["resolution", "tune", str(run), *flags, "--json"]) == 0
    out, err = capsys.readouterr()
    assert "test stays closed until the 2 cells left have run." in json.loads(out)["sentences"][1]
    assert len(read_run(run).openings) == opened
    monkeypatch.setattr("nnlab.labs.engines.attempt.told", done)
    assert main(["resolution", "tune", f"--resume={folder_of(err)}", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert "closed" not in " ".join(found["sentences"])
    assert len(read_run(run).openings) == opened + (found["test"]["chosen"] != "none at 12")


def test_no_page_is_named_where_none_was_written(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: Any, **__: Any) -> None:
        raise Late

    monkeypatch.setattr("nnlab.labs.engines.attempt.told", late)
    assert main(["resolution", "tune", str(run), "--modes=none", "--sizes=12"]) == 0
    out, err = capsys.readouterr()
    assert out.strip() == "no cell came to its end"
    assert "1 cells are left" in err and "page:" not in err


def test_without_sizes_the_suggested_one_is_tried_and_gone_on_with(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["resolution", "tune", str(run), "--modes=none"]) == 0
    out, err = capsys.readouterr()
    assert [line.split("  ")[0] for line in out.splitlines()[1:3]] == ["none at 12", "none at 24"]
    study = folder_of(err)
    assert main(["resolution", "tune", f"--resume={study}", "-q"]) == 0
    assert capsys.readouterr().out == out
    assert len((study / "rows.jsonl").read_text().splitlines()) == 2


def test_a_dry_run_says_what_it_would_take(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr("nnlab.labs.estimate.told", lambda message, heard, **_: asked.append(len(message["estimate"])))
    assert main(["resolution", "tune", str(run), "--preset=laptop", "--dry-run"]) == 0
    assert asked[0] == 8  # four modes at two sizes
    assert not list(run.parent.glob("*resolution-tune*/cells/*dry*"))


@pytest.mark.parametrize(
    ("flags", "code", "says"),
    [
        (["sweep"], 2, "RUN: no run is named; such as: nnlab resolution sweep latest"),
        (["sweep", "RUN", "--sizes=x,12,12"], 2, "--sizes: has 12 twice"),
        (["sweep", "RUN", "--test-resize=224/256"], 2, "--test-resize: must be A/B"),
        (["sweep", "RUN", "--sizes=2"], 2, "--sizes: 2 is 2 pixels, not above the network's stride of 2"),
        (["sweep", "RUN", "--preset=lap"], 2, "--preset: unknown preset 'lap'; did you mean laptop?"),
        (["tune", "RUN", "--modes=haed,,all,all", "--epochs=0"], 2, "--modes: names all twice"),
        (["tune", "RUN", "--modes=haed"], 2, "--modes=haed: the network has no nodes 'haed'; did you mean head"),
        (["sweep", "RUN", "--sizes="], 2, "--sizes: a number is missing"),
        (["tune", "RUN", "--sizes="], 2, "--sizes: a number is missing"),
        (["tune", "RUN", "--modes="], 2, "--modes: names nothing"),
        (["tune", "nowhere"], 5, "nowhere"),
        (["tune", "--resume=RUN"], 5, "is no folder of a lab"),
    ],
)
def test_what_cannot_be(flags: list[str], code: int, says: str, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = len(list(run.parent.iterdir()))
    assert main(["resolution", *(flag.replace("RUN", str(run)) for flag in flags)]) == code
    out, err = capsys.readouterr()
    assert out == "" and says in err
    assert len(list(run.parent.iterdir())) == before


def test_a_sweep_is_not_gone_on_with_as_tuning(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resolution", "sweep", str(run), "--sizes=12"]) == 0
    study = folder_of(capsys.readouterr().err)
    assert StudyFolder(study).lab == "resolution-sweep"
    assert main(["resolution", "tune", f"--resume={study}"]) == 2
    assert "is a folder of resolution-sweep" in capsys.readouterr().err
