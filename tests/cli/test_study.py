"""`nnlab study` as it is typed: what is wrong, said before any work; a whole study, gone on with."""

import json
from pathlib import Path

import pytest

from nnlab.cli.main import main
from tests.labs.here import Here

QUICK = ("--resize=8", "--epochs=2", "--threads=1", "-q")


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlab.cli.engine_flags.engine_named", lambda _, options: Here(options))


def errors(capsys: pytest.CaptureFixture[str], *words: str, code: int = 2) -> list[str]:
    """The lines of a study that is refused."""
    assert main(["study", *words]) == code
    return [line.removeprefix("nnlab: error: ") for line in capsys.readouterr().err.splitlines()]


def test_mistakes_are_said_together_before_any_work(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    runs = f"--runs-dir={tmp_path / 'runs'}"
    said = errors(capsys, "models", "--models=Resnet81,ResNet18,resnet18", "--model=SmallCnn", runs)
    assert [said[0], said[2]] == [
        "--model: is what the cells differ in: --models says it; use --models",
        "--models: names ResNet18 twice; leave one of them out",
    ]
    assert said[1].startswith("--models: unknown model 'Resnet81'; did you mean ResNet")
    said = errors(capsys, "models", "--models=,", "--repeats=0", "--budget-minutes=soon", runs)
    assert [line.split(":")[0] for line in said] == ["--budget-minutes", "--models", "--repeats"]
    said = errors(capsys, "sizes", "--sizes=7,abc,7", "--repeats=0", runs)
    assert [line.split(":")[1].split()[0] for line in said] == ["names", "must", "must"]  # 7 twice, repeats, abc
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sizes", "--sizes=0,x"), "--sizes: must be sides in pixels, got '0'"),
        (("sizes", "--sizes=8,8x8"), "--sizes: names 8x8 twice"),
        (("sizes", "--model=SmallCnn", "--sizes=32,4"), "4 px: "),
        (("models", "--preset=huge"), "--preset: unknown preset 'huge'; there are laptop, quick"),
        (("models", "--quick", "--preset=laptop"), "--quick: is --preset=quick"),
        (("models", "--folds=3"), "--folds: has no part in a study"),
        (("seeds", "--model-seeds=0"), "--model-seeds: must be a whole number"),
        (("seeds", "--order-seed=1"), "--order-seed: is what the cells differ in"),
        (("models", "--epochs=1", "-e", "--epochs=2"), "--experiment: takes one experiment"),
        (("modles",), "no command 'study modles'; did you mean models?"),
    ],
)
def test_what_cannot_be_right_is_refused(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str) -> None:
    assert any(line.startswith(said) for line in errors(capsys, *words))


def test_folders_that_are_no_study_are_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (said,) = errors(capsys, "models", f"--resume={tmp_path}", code=5)
    assert "cannot be read" in said or "is no folder of a lab" in said


def test_a_study_is_run_shown_and_gone_on_with(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["study", "models", "numbers", "--models=OneLayer,SmallCnn", "--repeats=2", *QUICK]
    assert main([*words, f"--runs-dir={tmp_path}", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in document["rows"]] == ["OneLayer", "SmallCnn"]
    first, second = document["rows"]
    assert first["verdict"] is None and second["verdict"]["word"] in ("better", "worse", "cannot tell")
    assert second["verdict"]["method"].endswith("by seed")
    assert first["parameters"] == 8 * 8 * 10 + 10
    assert first["multiply_adds"] == 8 * 8 * 10
    for row in document["rows"]:
        assert sum(row["phases"].values()) == pytest.approx(1, abs=0.03)
        assert row["step_times"]["count"] == 2 * 2 * 10 and row["step_times"]["ms"]["median"] > 0  # runs, epochs, steps
        assert len(row["runs"]) == 2 and row["figures"]["test"]["interval"] is not None
    (folder,) = tmp_path.iterdir()  # no latest beside it
    assert {path.name for path in folder.iterdir()} == {
        "cells", "config.toml", "environment.json", "figures", "plan.json", "report.html", "rows.jsonl",
        "study-models.json",
    }  # fmt: skip
    assert {path.name for path in (folder / "figures").iterdir()} == {"cost.png", "pareto.png", "phases.png"}
    assert (
        not list(folder.glob("cells/*/*/state")) and len(list(folder.glob("cells/*/*/weights/best.safetensors"))) == 4
    )
    page = (folder / "report.html").read_text()
    assert "OneLayer" in page and "steps disturbed" in page and 'src="data:image/png' in page and "https://" not in page
    monkeypatch.setattr("nnlab.labs.studies.report.draw", lambda table, folder, title: None)  # seen above
    before = (folder / "rows.jsonl").read_text()
    assert main(["study", "models", f"--resume={folder}", "-q"]) == 0
    assert (folder / "rows.jsonl").read_text() == before
    assert "run anew" not in capsys.readouterr().err
    capsys.readouterr()
    assert main(["report", str(folder), "--like=mas"]) == 0
    assert "test accuracy as the mean of batches" in capsys.readouterr().out
    (said,) = errors(capsys, "models", f"--resume={folder}", "--repeats=3")
    assert "is of another plan: study.repeats is 2 there, and 3 here" in said
    (said,) = errors(capsys, "sizes", f"--resume={folder}")
    assert "is a folder of study-models" in said
    (said,) = errors(capsys, "models", f"--resume={folder}", "--epochs=3")
    assert "run.epochs is 2 there, and 3 here" in said
    assert main(["runs", "list", "--all", f"--runs-dir={tmp_path}"]) == 0
    assert "study" in capsys.readouterr().out


def test_seeds_are_crossed_over_one_split(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ["study", "seeds", "numbers", "--model=OneLayer", "--model-seeds=2", "--data-seeds=2", *QUICK]
    assert main([*words, f"--runs-dir={tmp_path}", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["step_times"]["first_ms"] > 0 and 0 <= document["step_times"]["disturbed"] <= 1
    assert len(document["table"]) == 2 and all(len(row) == 2 for row in document["table"])
    assert set(document["standard_deviations"]) == {"model", "data", "rest", "total", "cut", "least_difference"}
    sources = {
        tuple(json.loads(line)["source"] for line in path.read_text().splitlines())
        for path in tmp_path.glob("*/cells/*/*/predictions.jsonl")
    }
    assert len(sources) == 1
    first = [path.read_text() for path in sorted(tmp_path.glob("*/cells/*/*/metrics.jsonl"))]
    assert len({json.loads(text.splitlines()[0])["loss"] for text in first}) == 4
