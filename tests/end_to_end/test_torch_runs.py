"""The same command with --backend=torch: the same run folder, the same document, the same checks and options."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.cli.main import main
from nnlab.tracking.run import Run, read_run

pytestmark = pytest.mark.usefixtures("torch_installed")

SMALL = ("--dataset=blobs", "--resize=12,12", "--epochs=3", "--model=NLayers", "--layers=8", "--no-disk-cache",
         "--threads=1")  # fmt: skip
LIVELY = ("--dropout=0.3", "--max-minibatch-size=9", "--noise-intensity=0.1", "--weight-decay=0.001")

Train = Callable[..., dict[str, Any]]


@pytest.fixture
def train(capfd: pytest.CaptureFixture[str], blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Train:
    """Trains as the command line does; gives the JSON document."""
    monkeypatch.chdir(tmp_path)

    def run(*args: str, code: int = 0) -> dict[str, Any]:
        capfd.readouterr()
        ended = main(["train", f"--datasets-path={blobs}", *SMALL, *args, "--json"])
        said = capfd.readouterr()
        assert ended == code, said.err
        document: dict[str, Any] = json.loads(said.out)
        return document

    return run


def run_of(document: dict[str, Any]) -> Run:
    return read_run(document["experiments"][-1]["run"])


# What a busy machine alone decides: figures there are of steps that nothing disturbed, advice there is about waiting.
OF_THE_MACHINE = ("undisturbed", "advice")


def shape_of(value: Any) -> Any:
    """A document without its values: keys, and the kinds of what they hold, where these are not the machine's."""
    if isinstance(value, dict):
        return {key: "any" if key in OF_THE_MACHINE else shape_of(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape_of(value[0])] if value else []
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def files_of(run: Run) -> set[str]:
    return {str(path.relative_to(run.folder)) for path in run.folder.rglob("*") if path.is_file()}


def weights(run: Run, which: str = "last") -> bytes:
    return (run.folder / "weights" / f"{which}.safetensors").read_bytes()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_run_folder_and_the_document_are_those_of_numpy(train: Train, dtype: str) -> None:
    options = (*LIVELY, f"--dtype={dtype}", "--track-layer=dense_1,2", "--dump-minibatches")
    documents = {backend: train(*options, f"--backend={backend}") for backend in ("numpy", "torch")}
    numpy, torch = (run_of(documents[backend]) for backend in ("numpy", "torch"))
    assert files_of(torch) == files_of(numpy)
    assert shape_of(documents["torch"]) == shape_of(documents["numpy"])
    found = documents["torch"]["experiments"][0]
    assert (found["backend"], found["dtype"]) == ("torch", dtype)
    assert found["device"] in {"cpu", "cuda"}
    for part in ("metrics", "checks", "tracked", "predictions"):
        ours, theirs = getattr(torch, part), getattr(numpy, part)
        assert len(ours) == len(theirs) > 0, part
        assert [list(row) for row in ours] == [list(row) for row in theirs], part
    judged = [[(row["epoch"], row["parameter"], row["kind"]) for row in run.checks] for run in (torch, numpy)]
    assert judged[0] == judged[1]
    assert shape_of(torch.summary) == shape_of(numpy.summary)
    for name in ("minibatches.jsonl", "log.txt"):
        assert (torch.folder / name).exists(), name
    lines = [(run.folder / "minibatches.jsonl").read_bytes() for run in (torch, numpy)]
    assert lines[0] == lines[1]  # the very same minibatches
    backend = torch.environment["backend"]
    assert (backend["name"], backend["device"], backend["threads"]) == ("torch", found["device"], 1)
    assert backend["torch"].startswith("2.")
    assert numpy.environment["backend"] == {"name": "numpy", "device": "cpu"}


def test_both_backends_train_to_the_same_weights(train: Train) -> None:
    runs = [run_of(train(*LIVELY, f"--backend={name}", "--dtype=float64")) for name in ("numpy", "torch")]
    (ours, about), (theirs, also) = (run.weights("last") for run in runs)
    assert about == also
    assert list(ours) == list(theirs)
    for name, value in ours.items():
        other = theirs[name]
        assert (other.shape, other.dtype) == (value.shape, value.dtype), name
        if not name.startswith("dense_1.bias"):  # before BatchNorm: no signal
            # 9 steps of Adam in float64: rounding, divided by square roots of small gradients
            np.testing.assert_allclose(other, value, rtol=1e-7, atol=1e-9, err_msg=name)


def test_the_same_command_twice_gives_the_same_bytes(train: Train) -> None:
    first, second = (run_of(train(*LIVELY, "--backend=torch", "--device=cpu")) for _ in range(2))
    for which in ("best", "last"):
        assert weights(first, which) == weights(second, which)
    assert (first.folder / "predictions.jsonl").read_bytes() == (second.folder / "predictions.jsonl").read_bytes()
    config = f"--config={first.folder / 'config.toml'}"
    assert main(["train", config, "--quiet"]) == 0
    assert weights(read_run("runs/latest")) == weights(first)


def test_checks_change_nothing(train: Train) -> None:
    cpu = (*LIVELY, "--backend=torch", "--device=cpu")
    checked = run_of(train(*cpu, "--gradient-checks-interval=1", "--track-layer=dense_1,2"))
    bare = run_of(train(*cpu, "--gradient-checks=off", "--instability-checks=off"))
    assert checked.summary is not None
    assert (checked.summary["gradient_checks"]["run"], checked.summary["gradient_checks"]["failed"]) == (3, 0)
    assert weights(checked) == weights(bare)


def test_instability_stops_a_run_where_it_is_asked_to(train: Train, capfd: pytest.CaptureFixture[str]) -> None:
    unstable = ("--learning-rate=1e30", "--instability-checks=exception", "--gradient-checks=off", "--no-batch-norm")
    for backend in ("numpy", "torch"):
        document = train(*unstable, f"--backend={backend}", code=3)
        assert document["experiments"][0]["stopped"] == "failed"


def test_resumed_it_is_the_run_in_one_piece(train: Train, monkeypatch: pytest.MonkeyPatch) -> None:
    cpu = (*LIVELY, "--backend=torch", "--device=cpu")
    whole = run_of(train(*cpu, "--epochs=5"))
    train(*cpu, "--epochs=2")
    assert main(["train", "--resume=runs/latest", "--epochs=5", "--quiet"]) == 0
    resumed = read_run("runs/latest")
    assert weights(resumed) == weights(whole) and weights(resumed, "best") == weights(whole, "best")
    for other in ("--backend=numpy", "--amp", "--compile"):  # a resumed run keeps what computes it, and how
        assert main(["train", "--resume=runs/latest", "--epochs=6", other]) == 2, other


def test_ctrl_c_keeps_what_was_recorded_and_it_goes_on(blobs: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "nnlab", "train", f"--datasets-path={blobs}", *SMALL, "--backend=torch"]
    process = subprocess.Popen(
        [*command, "--epochs=1000000", "--gradient-checks=off"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    metrics = tmp_path / "runs" / "latest" / "metrics.jsonl"
    for _ in range(1200):
        if metrics.exists() and metrics.stat().st_size > 2000:
            break
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err[-2000:]
    assert "(interrupted)" in out
    first = read_run(tmp_path / "runs" / "latest")
    assert first.summary is not None
    done = first.summary["epochs_run"]
    assert done > 0 and first.metrics[-1]["epoch"] == done
    goes_on = ["train", f"--resume={first.folder}", f"--epochs={done + 1}", f"--runs-dir={tmp_path / 'on'}", "--quiet"]
    assert main(goes_on) == 0
    assert read_run(tmp_path / "on" / "latest").metrics[-1]["epoch"] == done + 1


def test_experiments_on_different_backends_and_threads_in_one_command(train: Train, blobs: Path) -> None:
    from threadpoolctl import threadpool_info

    before = {pool["internal_api"]: pool["num_threads"] for pool in threadpool_info()}
    other = ("-e", f"--datasets-path={blobs}", *SMALL[:-1])
    document = train(
        "--exp-id=a", *other, "--backend=torch", "--threads=2", "--exp-id=b", *other, "--threads=1", "--exp-id=c"
    )
    alone = run_of(train("--exp-id=alone"))
    found = document["experiments"]
    assert [(one["id"], one["backend"]) for one in found] == [("a", "numpy"), ("b", "torch"), ("c", "numpy")]
    first, second, third = (read_run(one["run"]) for one in found)
    assert second.environment["backend"]["threads"] == 2
    assert weights(first) == weights(third) == weights(alone)  # what ran in between leaves no trace
    after = {pool["internal_api"]: pool["num_threads"] for pool in threadpool_info()}
    assert {name: after[name] for name in before if name == "openblas"} == {
        name: count for name, count in before.items() if name == "openblas"
    }


def test_a_device_that_is_not_there_ends_with_6(capfd: pytest.CaptureFixture[str], blobs: Path, tmp_path: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    args = ["train", f"--datasets-path={blobs}", *SMALL, "--backend=torch", "--device=cuda", f"--runs-dir={tmp_path}"]
    assert main(args) == 6
    err = capfd.readouterr().err
    assert "--device=cuda" in err and len(err.splitlines()) == 1
    assert not list(tmp_path.glob("*/config.toml"))


def test_without_torch_it_says_how_to_get_it(
    capfd: pytest.CaptureFixture[str], blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    args = ["train", f"--datasets-path={blobs}", *SMALL, "--backend=torch", f"--runs-dir={tmp_path}"]
    assert main(args) == 6
    assert "torch is not installed; type: " in capfd.readouterr().err
