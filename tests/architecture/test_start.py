"""What the command line may not import before it knows which command it is to run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.cli.main import main

HEAVY = {
    "numpy",
    "torch",
    "onnx",
    "onnxruntime",
    "matplotlib",
    "pyvips",
    "wand",
    "rich",
    "PIL",
    "psutil",
    "safetensors",
}


def imported_by(*arguments: str) -> set[str]:
    """The top-level packages that a fresh interpreter holds after `nnlab ARGUMENTS`."""
    program = (
        "import contextlib, io, json, sys\n"
        "from nnlab.cli.main import main\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        "    main(json.loads(sys.argv[1]))\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    command = [sys.executable, "-c", program, json.dumps(arguments)]
    return set(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], [], ["trian"], ["infer", "--help"]], ids=" ".join)
def test_help_version_and_typos_import_nothing_heavy(arguments: list[str]) -> None:
    found = imported_by(*arguments)
    assert "click" in found
    assert not HEAVY & found


def test_numpy_only_paths_leave_the_extras_alone() -> None:
    """Listing every component imports every component's module; none may bring an extra or a figure library along."""
    found = imported_by("components", "--json")
    assert "numpy" in found
    assert not {"torch", "onnxruntime", "av", "matplotlib", "rich"} & found


def test_an_inference_on_onnxruntime_never_imports_torch(shared_data: Path) -> None:
    """Nor what draws sheets and tables: a first answer is to be there in a second."""
    pytest.importorskip("onnxruntime")
    model, photo = shared_data / "onnx/mnist-8/mnist-8.onnx", shared_data / "salient_photos/ant.png"
    found = imported_by("infer", f"--onnx-model={model}", "--engine=onnxruntime", str(photo))
    assert {"numpy", "onnx", "onnxruntime", "pyvips"} <= found
    assert not {"torch", "matplotlib", "rich", "wand", "PIL", "pdb"} & found


def test_an_inference_by_a_run_imports_little_more_than_numpy(blobs: Path, tmp_path: Path) -> None:
    """Each of these takes milliseconds, and all together a tenth of a first answer."""
    small = ["--resize=6,6", "--epochs=1", "--gradient-checks=off", "--no-disk-cache", "-q"]
    where = [f"--datasets-path={blobs}", f"--runs-dir={tmp_path}"]
    assert main(["train", "blobs", "--model=OneLayer", *where, *small]) == 0
    found = imported_by("infer", f"--run={tmp_path / 'latest'}", str(next(blobs.rglob("*.png"))))
    assert {"numpy", "safetensors"} <= found
    slow = {"psutil", "subprocess", "random", "statistics", "tempfile", "multiprocessing", "email", "xml"}
    assert not (HEAVY - {"numpy", "pyvips", "safetensors"} | slow) & found
