"""`nnlab train --backend=torch`: what is refused before data is read, and what works without torch."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.cli.main import main

WITHOUT_TORCH = """
import sys
from importlib.machinery import PathFinder
found = PathFinder.find_spec
PathFinder.find_spec = lambda name, *rest: None if name.partition(".")[0] == "torch" else found(name, *rest)
from nnlab.cli.main import main
codes = []
for command in " ".join(sys.argv[1:]).split(" AND "):
    codes.append(main(command.split(" ")))
sys.exit(max(codes))
"""
"""Commands one after the other, the word AND between them."""


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Torch finds neither a CUDA device nor a compiler."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setenv("CXX", "no-such-compiler")


def nnlab(*arguments: str, program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def unreadable(tmp_path: Path) -> list[str]:
    """Options for a dataset whose images are none: reading it would exit 5."""
    for name in ("a", "b"):
        (tmp_path / "data" / "broken" / name).mkdir(parents=True)
        for number in range(8):
            (tmp_path / "data" / "broken" / name / f"{number}.png").write_bytes(b"no image")
    return [f"--datasets-path={tmp_path / 'data'}", "--dataset=broken", f"--runs-dir={tmp_path / 'runs'}"]


def test_without_torch_it_says_what_to_type_before_data_is_read(unreadable: list[str], tmp_path: Path) -> None:
    done = nnlab("train", "--backend=torch", *unreadable, program=WITHOUT_TORCH)
    assert done.returncode == 6, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if "error" in line]
    assert "--backend=torch: torch is not installed; type: " in line and "pip install" in line
    assert not list((tmp_path / "runs").glob("2*"))
    assert nnlab("train", *unreadable, program=WITHOUT_TORCH).returncode == 5  # what reading would have said


def test_without_torch_the_other_commands_work(blobs: Path, tmp_path: Path) -> None:
    data = [f"--datasets-path={blobs}", "--dataset=blobs", f"--runs-dir={tmp_path}", "--epochs=2", "--resize=6,6"]
    done = nnlab("train", *data, "--json", "--quiet", program=WITHOUT_TORCH)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["experiments"][0]["backend"] == "numpy"
    commands = ["components", "--json", "AND", "doctor", "AND", "check", "--help", "AND", "train", "--help"]
    done = nnlab(*commands, program=WITHOUT_TORCH)
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("torch_installed", "lacking")
@pytest.mark.parametrize(
    ("flags", "code", "said"),
    [
        (["--amp", "--dtype=float64"], 2, "--amp: is for float32 models"),
        (["--compile"], 6, "--compile: torch finds no C++ compiler (no-such-compiler)"),
        (["--device=cuda"], 6, "--device=cuda: "),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_cannot_be_is_said_before_data_is_read(
    unreadable: list[str], flags: list[str], code: int, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--backend=torch", *flags, *unreadable]) == code
    assert said in capfd.readouterr().err


@pytest.mark.usefixtures("torch_installed", "lacking")
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["train", "--backend=torch", "--device=cuda"], 6, "--device=cuda: "),
        (["train", "--device=cuda"], 6, "--device: the numpy backend has no cuda device"),
        (["train", "--backend=torch", "--amp", "--dtype=float64"], 2, "--amp: is for float32 models"),
        (["train", "--backend=torch", "--compile"], 6, "--compile: torch finds no C++ compiler"),
        (["compare", "--backends=numpy,torch", "--device=cuda"], 6, "--device=cuda: "),
        (["bench", "--backends=numpy,torch", "--device=cuda"], 6, "--device=cuda: "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_dry_run_says_what_the_run_would_lack(
    blobs: Path, words: list[str], code: int, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    found = main([*words, f"--datasets-path={blobs}", "--dataset=blobs", "--model=NLayers", "--dry-run"])
    told = capfd.readouterr().err
    assert found == code and said in told and len(told.splitlines()) == 1, told


def test_a_dry_run_without_torch_says_so(blobs: Path) -> None:
    words = ["train", "--backend=torch", f"--datasets-path={blobs}", "--dataset=blobs", "--dry-run"]
    done = nnlab(*words, program=WITHOUT_TORCH)
    assert done.returncode == 6 and "torch is not installed" in done.stderr


@pytest.mark.usefixtures("torch_installed")
def test_the_switch_costs_the_user_nothing(blobs: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The same command, one flag apart: the same figures in float64, the same keys in JSON, the same files."""
    data = [f"--datasets-path={blobs}", "--dataset=blobs", f"--runs-dir={tmp_path}", "--epochs=4", "--resize=6,6"]
    command = ["train", *data, "--model=NLayers", "--layers=8", "--dropout-rate=0.1", "--dtype=float64", "--threads=1"]
    found = {}
    for backend in ("numpy", "torch"):
        code = main([*command, f"--backend={backend}", "--max-minibatch-size=13", "--json", "--quiet"])
        told = capfd.readouterr()
        assert code == 0, told.err
        (found[backend],) = json.loads(told.out)["experiments"]
    one, two = found["numpy"], found["torch"]
    assert one.keys() == two.keys() and two["backend"] == "torch"
    for part in ("training", "dev", "test"):
        assert two[part]["accuracy"] == one[part]["accuracy"]
        assert two[part]["loss"] == pytest.approx(one[part]["loss"], rel=1e-10)
    assert two["gradient_checks"]["run"] == 1 and two["gradient_checks"]["failed"] == 0
    files = [
        sorted(str(path.relative_to(each["run"])) for path in Path(each["run"]).rglob("*") if path.is_file())
        for each in (one, two)
    ]
    assert files[0] == files[1]
