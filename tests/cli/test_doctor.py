"""`nnlab doctor`: what it finds here, and what it says where something is missing."""

import importlib.util
import json
import subprocess
import sys
import types
from pathlib import Path

import pytest

from nnlab.cli import doctor, installed
from nnlab.cli.main import main
from nnlab.core import folders
from nnlab.core.errors import MissingError


def run_json(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict]:
    code = main(["doctor", "--json"])
    return code, json.loads(capsys.readouterr().out)


def hide(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """As if these packages were not installed."""
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name in names else real(name, *rest))


def test_everything_needed_is_here(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = run_json(capsys)
    assert code == 0 and found["ok"] is True and found["schema_version"] == 1
    needed = {package["name"]: package for package in found["packages"] if package["extra"] is None}
    assert set(needed) == set(
        "click matplotlib numpy onnx pillow psutil pyvips rich safetensors threadpoolctl wand".split()  # noqa: SIM905
    )
    assert all(package["state"] == "ok" and package["version"] for package in needed.values())
    assert {package["extra"] for package in found["packages"]} == {
        None,
        "torch",
        "onnxruntime",
        "profiling",
        "sklearn",
        "tensorboard",
        "video",
        "sweep",
    }
    libvips = next(library for library in found["libraries"] if library["name"] == "libvips")
    assert libvips["version"][0].isdigit()
    assert found["memory_mb"]["total"] > 0 and found["threads"]["usable"] >= 1
    assert any(pool["internal_api"] != "openmp" for pool in found["threads"]["libraries"]), "NumPy's BLAS is not there"


def test_plain_text_on_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "everything that nnlab needs is there" in out.splitlines()[-1]
    assert str(folders.cache_dir()) in out


def test_table_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main(["doctor"]) == 0
    assert "used for" in capsys.readouterr().out


def test_every_requirement_has_its_use_said() -> None:
    assert all(package.used_for for package in installed.packages())


def test_missing_requirement_ends_with_6(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    hide(monkeypatch, "safetensors")
    code, found = run_json(capsys)
    assert code == 6 and found["ok"] is False
    gone = next(package for package in found["packages"] if package["name"] == "safetensors")
    assert (gone["version"], gone["state"]) == (None, "missing")
    assert "pip install" in gone["install"]
    assert main(["doctor"]) == 6
    assert "something that nnlab needs is missing" in capsys.readouterr().out


def test_missing_extra_is_no_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    hide(monkeypatch, "onnxruntime")
    code, found = run_json(capsys)
    assert code == 0
    gone = next(package for package in found["packages"] if package["name"] == "onnxruntime")
    assert gone["state"] == "missing" and "[onnxruntime]" in gone["install"]


def without_library(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    def absent() -> None:
        raise MissingError("not installed", hint="the line to type")

    monkeypatch.setattr(f"nnlab.data.images.{module}._library", absent)


def test_missing_imagemagick_is_no_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    without_library(monkeypatch, "magick")
    code, found = run_json(capsys)
    assert code == 0
    gone = next(library for library in found["libraries"] if library["name"] == "ImageMagick")
    assert (gone["state"], gone["install"]) == ("missing", "the line to type")


def test_missing_libvips_ends_with_6(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    without_library(monkeypatch, "vips")
    assert run_json(capsys)[0] == 6


def test_works_without_numpy(tmp_path: Path, repository: Path) -> None:
    """The one command that has to work when what the others stand on is gone."""
    (tmp_path / "numpy.py").write_text("raise ImportError('broken on purpose')\n")
    program = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(repository)!r}]\nimport nnlab.cli.main as m\n"
    program += "sys.exit(m.main(['doctor', '--json']))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 6, done.stderr
    found = json.loads(done.stdout)
    assert "broken on purpose" in found["libraries"][0]["state"]


def test_cuda_needs_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    devices = doctor._devices(installed=set())
    assert [device["name"] for device in devices] == ["cpu", "cuda"]
    assert devices[1]["usable"] is False and "[torch]" in devices[1]["detail"]


@pytest.mark.parametrize(
    ("found", "wanted", "right"),
    [
        ("2.10", ">=2.9", True),
        ("2.8.9", ">=2.9", False),
        ("3", ">=3.0", True),
        ("2.13.0+cpu", "==2.13.0", True),
        ("2.13.1", "==2.13.0", False),
        ("1.5", ">=1,>=2", False),
        ("1.5", "", True),
    ],
)
def test_versions_compare_as_numbers(found: str, wanted: str, right: bool) -> None:
    assert installed.satisfies(found, wanted) is right


def test_wrong_version_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(installed, "_stated", lambda: [("numpy>=99", None)])
    assert main(["doctor"]) == 6
    assert "wrong version, needs >=99" in capsys.readouterr().out


def test_metadata_serves_where_there_is_no_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["numpy>=2.1", "pyvips[binary]>=3.0", "torch==2.13.0 ; extra == 'torch'", 'ruff>=0.11; extra == "dev"']
    monkeypatch.setattr(folders, "repository", lambda: None)
    monkeypatch.setattr(installed, "requires", lambda name: lines)
    found = {package.name: (package.wanted, package.extra) for package in installed.packages()}
    assert found == {"numpy": (">=2.1", None), "pyvips": (">=3.0", None), "torch": ("==2.13.0", "torch")}


def test_torch_is_told_with_its_threads(torch_installed: None, capsys: pytest.CaptureFixture[str]) -> None:
    import torch

    _, found = run_json(capsys)
    assert found["torch"] == {
        "state": "ok", "version": torch.__version__, "cuda": torch.version.cuda, "threads": torch.get_num_threads()
    }  # fmt: skip
    assert main(["doctor"]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("torch  ") and "built" in line]
    assert torch.__version__ in line


def test_a_torch_that_does_not_load_is_told_and_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert doctor._torch({"torch"})["state"].startswith("does not load (")
    assert doctor._torch(set()) is None
    monkeypatch.setattr(doctor, "_torch", lambda installed: {"state": "does not load (broken)"})
    code, found = run_json(capsys)
    assert (code, found["torch"]) == (0, {"state": "does not load (broken)"})


def test_cuda_devices_have_names_and_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    card = types.SimpleNamespace(name="Card 3000", total_memory=3 << 30)
    cuda = types.SimpleNamespace(
        is_available=lambda: True, device_count=lambda: 2, get_device_properties=lambda index: card
    )
    monkeypatch.setitem(sys.modules, "torch", types.SimpleNamespace(cuda=cuda))
    monkeypatch.setattr(doctor.shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    devices = doctor._devices(installed={"torch"})
    assert [device["name"] for device in devices] == ["cpu", "cuda:0", "cuda:1"]
    assert devices[1] == {"name": "cuda:0", "usable": True, "detail": "Card 3000, 3072 MiB", "memory_mb": 3072}
