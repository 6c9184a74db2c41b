"""`nnlab train` as users type it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

import nnlab.experiment.run as run_module
from nnlab.cli.main import main
from nnlab.core.errors import DataError
from nnlab.data.augment import Augmentation
from nnlab.data.partition import Partition

SMALL = ("--dataset=blobs", "--resize=12,12", "--epochs=3", "--model=NLayers", "--layers=8", "--no-disk-cache")


class Nnlab:
    """Runs the command line in this process, in a folder of its own."""

    def __init__(self, capfd: pytest.CaptureFixture[str], datasets: Path):
        self._capfd, self._datasets = capfd, datasets

    def __call__(self, *args: str) -> tuple[int, str, str]:
        code = main(["train", f"--datasets-path={self._datasets}", *args])
        said = self._capfd.readouterr()
        return code, said.out, said.err


@pytest.fixture
def train(capfd: pytest.CaptureFixture[str], blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nnlab:
    monkeypatch.chdir(tmp_path)
    return Nnlab(capfd, blobs)


def latest() -> Path:
    return Path("runs/latest")


@pytest.mark.usefixtures("figures")
def test_leaves_the_run_folder_of_the_contract(train: Nnlab) -> None:
    code, out, err = train(*SMALL)
    assert code == 0, err
    names = {str(path.relative_to(latest())) for path in latest().rglob("*") if path.is_file()}
    assert names >= {
        "config.toml", "environment.json", "metrics.jsonl", "checks.jsonl", "predictions.jsonl", "summary.json",
        "weights/best.safetensors", "weights/last.safetensors", "figures/training.png", "figures/confusion-dev.png",
        "figures/samples.png", "layers.jsonl", "pictures.jsonl", "pictures/0001.png",
    }  # fmt: skip
    summary = json.loads((latest() / "summary.json").read_text())
    assert summary["training"]["samples"] + summary["dev"]["samples"] + summary["test"]["samples"] == 36
    assert summary["gradient_checks"]["run"] == 1
    assert summary["gradient_checks"]["failed"] == 0
    assert summary["gradient_checks"]["worst_distance"] <= 1e-7
    predictions = [json.loads(line) for line in (latest() / "predictions.jsonl").read_text().splitlines()]
    assert {row["partition"] for row in predictions} == {"dev", "test"}
    assert predictions[0]["source"].endswith(".png")
    assert str(latest().resolve().name) in out


def test_results_go_to_stdout_and_progress_to_stderr_one_plain_line_per_epoch(train: Nnlab) -> None:
    _, out, err = train(*SMALL)
    assert "training" in out and "run folder" in out
    assert len([line for line in err.splitlines() if line.startswith("main: epoch ")]) == 3
    assert "\x1b" not in out + err and "\r" not in out + err


def test_quiet_says_only_the_result(train: Nnlab) -> None:
    _, out, err = train(*SMALL, "--quiet")
    assert err == ""
    assert "accuracy" in out


def test_json_is_one_document_with_the_fields_of_the_contract(train: Nnlab) -> None:
    code, out, _ = train(*SMALL, "--json", "-e", *SMALL, f"--datasets-path={train._datasets}", "--exp-id=second")
    document = json.loads(out)
    assert code == 0
    assert document["schema_version"] == 1
    assert [experiment["id"] for experiment in document["experiments"]] == ["main", "second"]
    assert set(document["experiments"][0]) >= {
        "id", "run", "backend", "device", "dtype", "model", "parameters", "params_per_sample", "epochs_run", "training",
        "dev", "test", "early_stop_epoch", "avoidable_bias", "variance", "elapsed_s", "phases_s", "peak_memory_mb",
        "gradient_checks",
    }  # fmt: skip
    assert set(document["experiments"][0]["phases_s"]) >= {"load", "forward", "backward", "update", "evaluate"}


def test_reading_ahead_changes_no_bit_and_leaves_no_thread(train: Nnlab, monkeypatch: pytest.MonkeyPatch) -> None:
    def weights(*more: str) -> bytes:
        steps = ("--augment=Rotate", "--augment=Blur")
        code, out, err = train(*SMALL, *steps, "--max-minibatch-size=7", "--gradient-checks=off", *more)
        assert code == 0, err
        assert " of training waited for data" in out
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("nnlab-feed")]
        summary = json.loads((latest() / "summary.json").read_text())
        assert 0 < summary["waiting"]["share"] < 1
        return (latest() / "weights" / "best.safetensors").read_bytes()

    monkeypatch.setattr("nnlab.experiment.waiting.usable_cores", lambda: 4)
    ahead = weights("--workers=3")
    monkeypatch.setattr(Partition, "is_random", False)
    assert ahead == weights("--workers=1")


def test_an_error_of_a_thread_that_augments_is_one_line(train: Nnlab, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise DataError("cannot be turned", where="cat.png")

    monkeypatch.setattr(Augmentation, "sample", fail)
    code, _, err = train(*SMALL, "--augment=Rotate")
    assert (code, err.splitlines()[-1]) == (5, "nnlab: error: cat.png: cannot be turned")


def test_the_saved_configuration_repeats_the_run_to_the_last_bit(train: Nnlab) -> None:
    train(
        *SMALL, "--dropout=0.3", "--noise-intensity=0.1", "--rot-angle=10", "--nbr-clones=2", "--max-minibatch-size=7"
    )
    first = latest().resolve()
    code = main(["train", f"--config={first / 'config.toml'}"])
    second = latest().resolve()
    assert code == 0
    assert first != second
    for name in ("weights/best.safetensors", "weights/last.safetensors", "predictions.jsonl", "config.toml"):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name

    def figures(folder: Path) -> list[tuple[object, ...]]:
        rows = map(json.loads, (folder / "metrics.jsonl").read_text().splitlines())
        return [(row["epoch"], row["partition"], row["loss"], row["accuracy"]) for row in rows]

    assert figures(first) == figures(second)


def test_checks_change_nothing(train: Nnlab) -> None:
    train(*SMALL, "--dropout=0.3", "--gradient-checks-interval=1")
    first = latest().resolve()
    train(*SMALL, "--dropout=0.3", "--gradient-checks=off", "--instability-checks=off")
    second = latest().resolve()
    assert (first / "weights/last.safetensors").read_bytes() == (second / "weights/last.safetensors").read_bytes()
    assert (first / "checks.jsonl").exists() and not (second / "checks.jsonl").exists()


def test_several_experiments_start_from_the_defaults_each_and_are_compared(train: Nnlab) -> None:
    data = f"--datasets-path={train._datasets}"
    code, out, _ = train(*SMALL, "-e", *SMALL[:3], data, "--model=OneLayer")
    assert code == 0
    assert "main_1" in out
    runs = sorted(path for path in Path("runs").iterdir() if not path.is_symlink())
    models = [tomllib.loads((run / "config.toml").read_text())["model"]["name"] for run in runs]
    assert sorted(models) == ["NLayers", "OneLayer"]


def test_training_times_counts_model_seeds_up(train: Nnlab) -> None:
    _, out, _ = train(*SMALL, "--training-times=3", "--model-seed=4")
    runs = [path for path in Path("runs").iterdir() if not path.is_symlink()]
    seeds = {tomllib.loads((run / "config.toml").read_text())["run"]["model_seed"] for run in runs}
    assert seeds == {4, 5, 6}
    assert "standard deviation" in out


def test_a_dry_run_shows_the_network_and_writes_nothing(train: Nnlab) -> None:
    code, out, _ = train(*SMALL, "--dry-run")
    assert code == 0
    assert "dense_1" in out and "[optimizer]" in out
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["--lerning-rate=1"], 2, "did you mean --learning-rate"),
        (["--lerning-rate", "1"], 2, "did you mean --learning-rate"),
        (["--layers=0"], 2, "must be at least 1"),
        (["stray"], 2, "unexpected argument 'stray'"),
        (["--epochs"], 2, "--epochs"),
        (["--set", "epochs"], 2, "KEY=VALUE"),
        (["--max-minibatch-size=1"], 2, "BatchNorm"),
        (["--config=missing.toml"], 5, "missing.toml"),
        (["--dataset=blobz"], 5, "blobs"),
        (["--model=OneLayer", "--loss=SoftmaxCrossEntropy", "--set=loss.x=1"], 2, "x"),
    ],
)
def test_a_mistake_is_one_line_and_the_right_exit_code(train: Nnlab, args: list[str], code: int, words: str) -> None:
    got, out, err = train(*SMALL, *args)
    assert got == code, err
    assert words in err
    assert "Traceback" not in err
    assert out == ""
    assert not Path("runs/latest").exists()


def test_a_runs_folder_that_cannot_be_written_is_found_before_training(train: Nnlab) -> None:
    Path("runs").write_text("in the way")
    code, _, err = train(*SMALL)
    assert code == 1
    assert "runs" in err and "epoch" not in err
    assert Path("runs").read_text() == "in the way"


def test_one_failing_experiment_does_not_take_the_others_with_it(train: Nnlab) -> None:
    data = f"--datasets-path={train._datasets}"
    code, out, err = train(*SMALL, "--exp-id=one", "--max-minibatch-size=1", "-e", *SMALL, data, "--exp-id=two")
    assert code == 2
    assert "BatchNorm" in err
    assert "two: " in out


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_ends_with_a_summary_and_what_was_recorded(
    blobs: Path, tmp_path: Path, signum: int, code: int
) -> None:
    command = [sys.executable, "-m", "nnlab", "train", f"--datasets-path={blobs}", *SMALL, "--epochs=1000000"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    metrics = tmp_path / "runs" / "latest" / "metrics.jsonl"
    for _ in range(600):
        if metrics.exists() and metrics.stat().st_size > 2000:
            break
        time.sleep(0.1)
    os.kill(process.pid, signum)
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, err[-2000:]
    assert "interrupted" in err.splitlines()[-1]
    assert "(interrupted)" in out
    summary = json.loads((tmp_path / "runs" / "latest" / "summary.json").read_text())
    rows = [json.loads(line) for line in metrics.read_text().splitlines()]
    assert summary["stopped"] == "interrupted"
    assert rows[-1]["epoch"] == summary["epochs_run"] > 0
    assert summary["dev"]["samples"] > 0


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_while_files_are_written_loses_neither_the_result_nor_the_place(
    train: Nnlab, monkeypatch: pytest.MonkeyPatch, signum: int, code: int
) -> None:
    drawn = run_module.draw_history

    def interrupted(*args: Any, **options: Any) -> None:
        os.kill(os.getpid(), signum)
        drawn(*args, **options)

    monkeypatch.setattr(run_module, "draw_history", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    try:
        ended, out, err = train(*SMALL, "-e", *SMALL)
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended == code
    assert out.count("run folder: ") == 1  # the second experiment is not begun
    assert err.splitlines()[-1].startswith("interrupted: what was recorded is in runs/")
    assert (latest() / "figures" / "training.png").exists()
    assert json.loads((latest() / "summary.json").read_text())["stopped"] == "finished"


def test_the_spread_is_over_repetitions_never_over_different_experiments(train: Nnlab, blobs: Path) -> None:
    other = ("-e", f"--datasets-path={blobs}", *SMALL, "--layers=4", "--exp-id=b")
    _, out, _ = train(*SMALL, "--exp-id=a", *other)
    assert "mean" not in out
    _, out, _ = train(*SMALL, "--exp-id=a", "--training-times=2", *other)
    spreads = [line.split(" accuracy")[0] for line in out.splitlines() if "mean" in line]
    assert spreads == [f"a (2 runs) {name}" for name in ("training", "dev", "test")]


def test_a_dry_run_in_json_is_one_document(train: Nnlab) -> None:
    code, out, _ = train(*SMALL, "--dry-run", "--json")
    plan = json.loads(out)["experiments"][0]
    assert code == 0
    assert plan["config"]["model"]["layers"] == [8]
    assert plan["parameters"] > 0
    assert set(plan["samples"]) == {"training", "dev", "test"}
    assert plan["learning_rates"] == [0.001] * plan["config"]["run"]["epochs"]


def test_a_dry_run_says_the_rate_of_every_epoch(train: Nnlab) -> None:
    warm = ("--epochs=50", "--learning-rate=1e-3", "--schedule=Warmup", "--warmup-epochs=5", "--then=Cosine")
    _, out, _ = train(*SMALL, *warm, "--dry-run")
    rates = dict(line.split() for line in out.partition("learning rate by epoch:\n")[2].split("\n") if line)
    golden = {"1": 1.66667e-4, "5": 8.33333e-4, "6": 1e-3, "21": 7.5e-4, "50": 1.218e-6}  # its first epoch is 1
    assert {epoch: float(rates[epoch]) for epoch in golden} == pytest.approx(golden, rel=1e-3)
    _, out, _ = train(*SMALL, "--epochs=5", "--learning-rate=1", "--schedule=Step", "--every=2", "--dry-run")
    assert out.endswith("learning rate by epoch:\n        1-2  1\n        3-4  0.1\n          5  0.01\n\n")


@pytest.mark.parametrize(
    ("said", "least", "shorter"),
    [
        (("--schedule=Warmup", "--warmup-epochs=3"), 4, "--warmup-epochs"),
        (("--schedule=Warmup", "--warmup-epochs=1", "--then=Triangular"), 7, "--warmup-epochs"),
        (("--schedule=Step", "--every=3"), 4, "--every"),
        (("--schedule=CosineRestarts", "--cycle-epochs=4"), 4, "--cycle-epochs"),
        (("--schedule=Triangular", "--half-cycle=3"), 4, "--half-cycle"),
    ],
)
def test_a_schedule_longer_than_the_run_is_refused(
    train: Nnlab, said: tuple[str, ...], least: int, shorter: str
) -> None:
    code, _, err = train(*SMALL, *said, "--epochs=3")
    assert code == 2
    assert f"needs {least} epochs, and --epochs is 3; type --epochs={least}, or a smaller {shorter}" in err
    assert train(*SMALL, *said, f"--epochs={least}", "--dry-run")[0] == 0


def test_a_loss_that_is_no_number_is_null_in_json_and_a_dash_in_the_table(train: Nnlab) -> None:
    broken = (*SMALL, "--learning-rate=1e30", "--instability-checks=off", "--no-eval-dev")
    code, out, err = train(*broken)
    assert code == 0, err
    assert "Traceback" not in err
    code, out, _ = train(*broken, "--json")
    json.loads(out, parse_constant=lambda word: pytest.fail(f"{word} in JSON"))
