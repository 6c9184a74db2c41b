"""`nnlab train --tensorboard` and `--profiling`, the files read by TensorBoard's own reader."""

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.cli.main import main
from nnlab.core.errors import RunError
from nnlab.tracking.run import read_run

SMALL = ("--dataset=blobs", "--resize=12,12", "--epochs=2", "--model=NLayers", "--layers=8", "--no-disk-cache",
         "--max-minibatch-size=10", "--quiet")  # fmt: skip


@pytest.fixture
def train(capfd: pytest.CaptureFixture[str], blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command line in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    for callback in ("layer_statistics", "phase_memory"):
        monkeypatch.setattr(f"nnlab.training.callbacks.{callback}.SHARE", 1e9)  # every epoch, however short

    def trained(*args: str) -> tuple[int, str, str]:
        code = main(["train", f"--datasets-path={blobs}", *args])
        said = capfd.readouterr()
        return code, said.out, said.err

    return trained


def hide(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """As if these packages were not installed."""
    real = importlib.util.find_spec
    monkeypatch.setattr(
        "nnlab.experiment.extras.find_spec", lambda name, *rest: None if name in names else real(name, *rest)
    )


def accumulated(run: Path) -> Any:
    """What TensorBoard's own reader finds in a run folder."""
    reading = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator",
        reason="tensorboard is not installed (extra [tensorboard])",
    )
    found = reading.EventAccumulator(str(run / "tensorboard"))
    found.Reload()
    return found


def scalars(found: Any, tag: str) -> dict[int, float]:
    return {event.step: event.value for event in found.Scalars(tag)}


def test_tensorboard_reads_what_the_run_recorded(train: Any) -> None:
    pytest.importorskip("tensorboard", reason="tensorboard is not installed (extra [tensorboard])")
    code, _, err = train(*SMALL, "--tensorboard", "--optimizer=Adam", "--schedule=ExponentialDecay", "--decay=0.5")
    assert code == 0, err
    run = read_run("runs/latest")
    found = accumulated(run.folder)
    tags = found.Tags()
    for row in run.metrics:
        for figure in ("loss", "accuracy"):
            told = scalars(found, f"{figure}/{row['partition']}")
            assert told[row["epoch"]] == pytest.approx(row[figure], rel=1e-6)  # float32
        assert scalars(found, "seconds/forward")[row["epoch"]] == pytest.approx(row["phases_s"]["forward"], rel=1e-6)
        assert scalars(found, "memory/forward")[row["epoch"]] == pytest.approx(row["memory_phases_mb"]["forward"])
    first, second = scalars(found, "rate").values()
    assert (first, second) == (pytest.approx(0.001), pytest.approx(0.0005))
    for row in run.layers:
        told = scalars(found, f"layers/mean/{row['layer']}")
        assert told[row["epoch"]] == pytest.approx(row["activation"]["mean"], rel=1e-6)
    assert scalars(found, "accuracy/test") == {
        run.summary["best_epoch"]: pytest.approx(run.summary["test"]["accuracy"], rel=1e-6)
    }
    weights, _ = run.weights("last")
    assert {f"weights/{name}" for name in weights if name.endswith("weight")} <= set(tags["histograms"])
    (*_, last) = found.Histograms("weights/dense_1.weight")
    own = weights["dense_1.weight"].astype(np.float64)
    assert (last.step, last.histogram_value.num) == (2, own.size)
    assert last.histogram_value.sum == pytest.approx(own.sum(), rel=1e-6)
    assert sum(last.histogram_value.bucket) == own.size


def test_it_changes_no_bit_and_a_resumed_run_has_the_epochs_before_too(train: Any) -> None:
    pytest.importorskip("tensorboard", reason="tensorboard is not installed (extra [tensorboard])")
    assert train(*SMALL, "--runs-dir=plain")[0] == 0
    assert train(*SMALL, "--tensorboard", "--epochs=1")[0] == 0
    assert train("--resume=runs/latest", "--epochs=2", "--quiet")[0] == 0
    plain, resumed = read_run("plain/latest"), read_run("runs/latest")
    for name in ("weights/last.safetensors", "layers.jsonl", "predictions.jsonl"):
        ours, theirs = ((run.folder / name).read_bytes() for run in (plain, resumed))
        assert ours == theirs, name
    found = accumulated(resumed.folder)
    for tag in ("loss/training", "layers/update_ratio/dense_1"):
        assert list(scalars(found, tag)) == [1, 2]


def test_profiling_writes_one_page_and_a_table_of_phases(train: Any) -> None:
    pytest.importorskip("pyinstrument", reason="pyinstrument is not installed (extra [profiling])")
    code, out, err = train(*SMALL, "--profiling")
    assert code == 0, err
    page = Path("runs/latest/profile.html").read_text()
    assert "backprop" in page
    assert not re.findall(r'<(?:script|link)[^>]+(?:src|href)="?https?:', page)
    rows = {line.split("  ")[1].strip(): line.split() for line in out.splitlines() if re.search(r"\d%( |$)", line)}
    summary = json.loads(Path("runs/latest/summary.json").read_text())
    assert float(rows["forward"][1]) == pytest.approx(summary["phases_s"]["forward"], abs=0.006)  # two digits are told
    assert float(rows["all"][1]) == pytest.approx(summary["elapsed_s"], abs=0.006)
    assert summary["memory_phases_mb"].keys() == {"prepare", "load", "forward", "backward", "update", "evaluate"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--tensorboard",), "--tensorboard: tensorboard is not installed"),
        (("--profiling",), "--profiling: pyinstrument is not installed"),
        (
            ("--profiling", "--tensorboard"),
            "--tensorboard, --profiling: tensorboard and pyinstrument are not installed",
        ),
    ],
)
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_a_package_that_is_missing_is_said_before_any_work(
    train: Any, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], said: str, dry: tuple[str, ...]
) -> None:
    hide(monkeypatch, "tensorboard", "pyinstrument")
    code, out, err = train(*SMALL, "-e", *SMALL, *given, *dry)
    assert (code, out) == (6, "")
    assert said in err and "pip install" in err
    assert re.search(rf"\[{','.join(option.removeprefix('--') for option in reversed(given))}\]", err)
    assert not Path("runs").exists()


def test_a_full_disk_costs_the_profile_and_not_the_run(train: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyinstrument", reason="pyinstrument is not installed (extra [profiling])")

    def full(path: Path, content: str) -> None:
        raise RunError("cannot write (no space left on device)", where=str(path))

    monkeypatch.setattr("nnlab.experiment.profile.write_whole", full)
    code, _, err = train(*SMALL, "--profiling")
    assert code == 0
    assert "profile.html: the profile is left out (cannot write (no space left on device))" in err
