"""`nnlab compare` as users type it."""

import json
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nnlab.experiment.compare as compare_module
from nnlab.checks.parity.result import Comparison, StepDifferences
from nnlab.cli.comparing import Steps
from nnlab.cli.main import main
from nnlab.tracking.files import read_lines

SMALL = ("--dataset=blobs", "--resize=12,12", "--epochs=3", "--model=NLayers", "--layers=8", "--no-disk-cache")
Said = tuple[int, str, str]
Compare = Callable[..., Said]


@pytest.fixture
def compare(capfd: pytest.CaptureFixture[str], blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compare:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NNLAB_DATASETS_PATH", str(blobs))

    def run(*args: str) -> Said:
        code = main(["compare", *args])
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is compared in this test: the comparison would have failed it."""

    def compare(*args: Any, **more: Any) -> Comparison:
        raise AssertionError("compared")

    monkeypatch.setattr(compare_module, "compare", compare)


@pytest.fixture
def torch() -> None:
    """Skips where torch is not installed: an extra that nnlab works without."""
    pytest.importorskip("torch", reason="torch is not installed (extra [torch])")


def folders() -> list[Path]:
    return sorted(Path("runs").glob("*-compare-*")) if Path("runs").is_dir() else []


@pytest.mark.usefixtures("torch")
def test_two_backends_that_agree(compare: Compare) -> None:
    code, out, err = compare("--backends=numpy,torch", *SMALL)
    assert code == 0, err
    assert re.search(r"^  (equal|rounding|no signal): numpy and torch agree", out, re.MULTILINE)
    (folder,) = folders()
    assert f"report: {folder}/report.html" in out
    assert [line["step"] for line in read_lines(folder / "differences.jsonl")] == [1, 2, 3]
    epochs = [line for line in err.splitlines() if line.startswith("main: epoch ")]
    assert [line.split()[2] for line in epochs] == ["1/3", "2/3", "3/3"]
    assert "\x1b" not in out + err and "\r" not in out + err
    assert not Path("runs/latest").exists()


@pytest.mark.usefixtures("torch")
def test_json_is_the_document_of_the_contract_and_of_the_folder(compare: Compare) -> None:
    code, out, err = compare(*SMALL, "--json", "--quiet", "--dtype=float64", "--dropout=0.2", "--max-minibatch-size=10")
    document = json.loads(out)
    assert code == 0 and err == ""
    assert document["schema_version"] == 1 and document["backends"] == ["numpy", "torch"]
    assert document["dtype"] == "float64" and document["steps"] == 9
    assert set(document["worst"]) == {"tensor", "relative"} and 0 < document["worst"]["relative"] < 1e-12
    assert document["verdict"] == "equal" and document["first_divergence"] is None
    assert json.loads((folders()[0] / "comparison.json").read_text()) == document


@pytest.mark.usefixtures("torch")
def test_the_saved_configuration_repeats_it_and_trains_too(compare: Compare, capfd: pytest.CaptureFixture[str]) -> None:
    compare(*SMALL, "--backends=torch,numpy", "--quiet")
    config = folders()[0] / "config.toml"
    code, out, err = compare(f"--config={config}", "--json", "--quiet")
    assert code == 0, err
    assert json.loads(out)["backends"] == ["torch", "numpy"]
    first, second = (folder / "differences.jsonl" for folder in folders())
    assert first.read_text() == second.read_text()
    assert config.read_text() == (folders()[1] / "config.toml").read_text()
    assert main(["train", f"--config={config}", "--backend=numpy", "--quiet"]) == 0


@pytest.mark.usefixtures("torch")
def test_a_planted_bug_is_found_and_fails(compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    from nnlab.backends.torch.layers import TORCH_LAYERS
    from nnlab.layers.leaky_relu import LeakyReLU

    right = TORCH_LAYERS.of(LeakyReLU)
    wrong = lambda layer, own, x, *, ctx: right(layer, own, x, ctx=ctx) * 1.001  # noqa: E731
    monkeypatch.setitem(TORCH_LAYERS._table, LeakyReLU, wrong)
    code, out, err = compare(*SMALL, "--quiet")
    assert code == 4
    assert "  bug: numpy and torch compute different things: they part at step 1 in activation_1 forward" in out
    line = err.splitlines()[0]
    assert line.startswith("nnlab: error: main: step 1, activation_1 forward: bug") and "report.html" in line
    html = (folders()[0] / "report.html").read_text()
    assert 'class="card bad"' in html and "activation_1 forward" in html


@pytest.mark.usefixtures("torch")
def test_a_planted_convention_is_named_and_fails(compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    from nnlab.backends.torch.layers import TORCH_LAYERS
    from nnlab.layers.batch_norm import BatchNorm

    right = TORCH_LAYERS.of(BatchNorm)

    def other(layer: BatchNorm, own: Any, x: Any, *, ctx: Any) -> Any:
        return right(BatchNorm(momentum=1 - layer.momentum, epsilon=layer.epsilon), own, x, ctx=ctx)

    monkeypatch.setitem(TORCH_LAYERS._table, BatchNorm, other)
    code, out, _ = compare(*SMALL, "--json", "--quiet")
    document = json.loads(out)
    assert code == 4
    assert document["verdict"] == "convention"
    assert document["first_divergence"]["convention"] == "BatchNormMomentum"
    assert document["first_divergence"]["step"] == 1


@pytest.mark.usefixtures("torch")
def test_several_experiments_are_compared_each(compare: Compare) -> None:
    code, out, err = compare(*SMALL, "--json", "-e", *SMALL[:3], "--model=OneLayer", "--training-times=2")
    found = json.loads(out)
    assert code == 0, err
    assert found["schema_version"] == 1
    assert [document["id"] for document in found["comparisons"]] == ["main", "main_1", "main_2"]
    assert len({document["folder"] for document in found["comparisons"]}) == 3


@pytest.mark.usefixtures("never")
@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--backends=numpy,tensorflow",), r"--backends: .*'tensorflow'.*"),
        (("--backends=numpy,toch",), r"--backends: .*'toch'.*torch.*"),
        (("--backends=torch",), r"--backends: must be two different backends, got torch; such as .*"),
        (("--backends=numpy,numpy",), r"--backends: must be two different backends, got numpy,numpy; such as .*"),
        (("--backends=numpy,torch,numpy",), r"--backends: must be two different backends.*"),
        (("--backend=torch",), r"--backend: names one backend.*leave it out; --backends=numpy,torch says which"),
        (("--set", "run.backend=torch"), r"--set run.backend: names one backend.*"),
        (("--resume=runs/latest",), r"--resume: a comparison cannot go on with a run; .*--weights=RUN.*"),
        (("--model=NLayersTorch",), r"--model: NLayersTorch is for torch alone, but numpy and torch.*; give NLayers"),
        (("--optimizer=NumpyAdam",), r"--optimizer: NumpyAdam is for numpy alone.*; give Adam"),
        (("--data-loader=TorchVips",), r"--data-loader: TorchVips is for torch alone.*; give Vips"),
        (("--epoch=3",), r"--epoch: no such option; did you mean --epochs.*"),
    ],
)
def test_what_cannot_be_is_one_line_before_anything_is_read(compare: Compare, args: tuple[str, ...], said: str) -> None:
    code, out, err = compare(*args, "--dataset=there-is-none", "--prepare=none")
    assert (code, out) == (2, "")
    assert re.fullmatch(f"nnlab: error: {said}", err.strip()), err
    assert folders() == []


@pytest.mark.usefixtures("never")
def test_every_mistake_of_every_part_is_said(compare: Compare) -> None:
    code, _, err = compare("--model=NLayersTorch", "--backend=numpy", "-e", "--backends=torch")
    assert code == 2 and len(err.strip().splitlines()) == 3


@pytest.mark.usefixtures("never")
def test_another_arithmetic_is_not_compared(compare: Compare) -> None:
    code, _, err = compare(*SMALL, "--amp")
    assert code == 2 and "--amp: computes in bfloat16" in err
    code, _, err = compare(*SMALL, "--accumulate=4")
    assert code == 2 and "--accumulate=4: makes one step of several minibatches" in err


def test_a_dry_run_compares_nothing(compare: Compare) -> None:
    code, out, _ = compare(*SMALL, "--dry-run")
    assert out.startswith("numpy and torch, in lockstep\n")
    assert code == 0 and "dense_1" in out and folders() == []
    code, out, _ = compare(*SMALL, "--dry-run", "--json")
    assert code == 0 and json.loads(out)["experiments"][0]["parameters"] > 0


def test_a_dry_run_refuses_what_the_comparison_would_and_nothing_else(compare: Compare) -> None:
    code, out, _ = compare(*SMALL, "--dry-run", "--compile")  # numpy has none, and takes no part in it
    assert code == 0 and "dense_1" in out


def test_a_missing_torch_is_said_with_the_line_to_type(compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("nnlab.backends.torch.")]:
        monkeypatch.delitem(sys.modules, name)
    for name in [name for name in sys.modules if name == "torch" or name.startswith("torch.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    code, out, err = compare(*SMALL, "--quiet")
    assert (code, out) == (6, "")
    assert "torch" in err and "pip install" in err and len(err.strip().splitlines()) == 1
    assert folders() == []


def test_settings_without_a_part_in_it_are_said(compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    step = StepDifferences(1, 1, {"loss": 0.0})
    found = Comparison(("numpy", "torch"), "float32", 1, ("loss",), (step,))
    monkeypatch.setattr(compare_module, "compare", lambda *args, **more: found)
    code, out, err = compare(*SMALL, "--profiling")
    assert code == 0 and "--profiling has no part in a comparison" in err
    assert "worst tensor with signal: none: every tensor with signal is equal to the bit" in out


def test_bad_data_leaves_nothing(compare: Compare) -> None:
    code, out, err = compare("--dataset=there-is-none", "--quiet")
    assert (code, out) == (5, "") and "there-is-none" in err and folders() == []


@pytest.mark.usefixtures("torch")
@pytest.mark.parametrize(("signum", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_keeps_what_there_is(
    compare: Compare, monkeypatch: pytest.MonkeyPatch, signum: signal.Signals, expected: int
) -> None:
    def step(self: Steps, found: StepDifferences) -> None:
        if found.step == 2:
            os.kill(os.getpid(), signum)

    monkeypatch.setattr(Steps, "step", step)
    code, out, err = compare(*SMALL, "--epochs=100000", "--quiet", "-e", *SMALL)
    assert code == expected, err
    (folder,) = folders()  # the second experiment is not begun
    document = json.loads((folder / "comparison.json").read_text())
    assert document["interrupted"] is True and document["steps"] == 2
    assert len(read_lines(folder / "differences.jsonl")) == 2
    assert "report:" in out and "stopped before the last step" in (folder / "report.html").read_text()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
