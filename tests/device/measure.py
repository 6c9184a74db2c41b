"""What tests/device/run does where there is a device: trains, compares, writes a table.

    tests/device/run [TABLE.md] [--models SmallCnn,ResNet18] [--epochs 5] [--seconds 480] [--device cuda]

Each model is trained on NumPy and on the device: as it is, with --amp, with --compile, with both; a row says seconds of
the first epoch (which compiles, and wakes the device up), the median of the others, and the accuracies. Then `nnlab
compare` says whether torch on the device computes what the hand-written step does. A run that would begin after
--seconds is left out, and said to be. Exit code 1: a command failed, or a comparison found more than rounding.
--device=cpu lets a machine without a device try the script.
"""

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MODELS: dict[str, tuple[str, ...]] = {"SmallCnn": (), "ResNet18": ("--stem=small",)}
FORMS: dict[str, tuple[str, ...]] = {
    "as it is": (),
    "--amp": ("--amp",),
    "--compile": ("--compile",),
    "--amp --compile": ("--amp", "--compile"),
}
COMPARISONS: dict[str, tuple[str, ...]] = {"float64": ("--dtype=float64",), "float32": ()}
MISSING, DIFFERENT = 6, 4  # exit codes of nnlab
LONGEST_SECONDS = 300  # of one command
EVERY = 5  # of how many samples one is compared, an epoch of which is a few steps


class Bench:
    """Types commands until the time is over.

    Options:  folder: for runs.  seconds: after which no command begins.
    """

    def __init__(self, folder: Path, device: str, seconds: float):
        self.device, self._folder, self._end = device, folder, time.monotonic() + seconds
        self.failed: list[str] = []
        has_images = importlib.util.find_spec("pyvips") is not None
        self._nnlab = ["-m", "nnlab"] if has_images else [str(ROOT / "tests" / "device" / "pillow.py")]
        self._where = [f"--datasets-path={ROOT / 'datasets'}", f"--runs-dir={folder}", "--dataset=numbers", "--json"]
        self._where += ["--quiet"] if has_images else ["--quiet", "--data-loader=Pillow"]

    def type(self, *words: str, fine: tuple[int, ...] = (0,)) -> tuple[Any, str]:
        """What a command answers, or None and why there is nothing."""
        said = " ".join(word if len(word) < 80 else f"{word[:40]}..." for word in words)
        if time.monotonic() > self._end:
            return None, "left out: no time"
        print(f"tests/device: nnlab {said}", file=sys.stderr, flush=True)
        command = [sys.executable, "-P", *self._nnlab, *words, *self._where]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        try:
            done = subprocess.run(
                command, cwd=self._folder, env=environment, capture_output=True, text=True, timeout=LONGEST_SECONDS
            )
        except subprocess.TimeoutExpired:
            self.failed.append(f"{said}: more than {LONGEST_SECONDS} s")
            return None, f"more than {LONGEST_SECONDS} s"
        told = (done.stderr.strip().splitlines() or [""])[-1]
        if done.returncode == MISSING:
            return None, told
        if done.returncode not in fine:
            self.failed.append(f"{said}: exit code {done.returncode}: {told}")
            return None, told
        return json.loads(done.stdout), ""

    def trained(self, model: str, epochs: int, backend: str, *form: str) -> str:
        """The cells of a row: seconds and accuracies of a run."""
        shared = ("--max-minibatch-size=64", f"--epochs={epochs}", "--gradient-checks=off", f"--backend={backend}")
        answer, why = self.type("train", f"--model={model}", *MODELS[model], *shared, *form)
        if answer is None:
            return f"{why} | | | |"
        (run,) = answer["experiments"]
        rows = (self._folder / run["run"] / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
        seconds = [row["seconds"] for row in map(json.loads, rows) if row["partition"] == "training"]
        later = f"{statistics.median(seconds[1:]):.3f}" if len(seconds) > 1 else ""
        return f"{seconds[0]:.3f} | {later} | {run['dev']['accuracy']:.1%} | {run['test']['accuracy']:.1%} |"

    def compared(self, model: str, *form: str) -> str:
        """The cells of a row: steps, verdict, the worst difference."""
        some = "--filter-dataset=" + ",".join(map(str, range(0, 847, EVERY)))
        shared = ("--backends=numpy,torch", f"--device={self.device}", "--max-minibatch-size=32", "--epochs=1", some)
        answer, why = self.type("compare", f"--model={model}", *MODELS[model], *shared, *form, fine=(0, DIFFERENT))
        if answer is None:
            return f"{why} | | |"
        if answer["verdict"] in ("bug", "convention"):
            self.failed.append(f"compare --model={model} {' '.join(form)}: {answer['says']}")
        worst = answer["worst"] or {"relative": 0.0, "tensor": "none"}
        return f"{answer['verdict']} | {answer['steps']} | {worst['relative']:.1e} in {worst['tensor']} |"


def heading(name: str, device: str) -> list[str]:
    """What was measured on."""
    import numpy as np
    import torch

    cuda = f"CUDA {torch.version.cuda}" if torch.version.cuda else "without CUDA"
    versions = f"torch {torch.__version__}, {cuda}; NumPy {np.__version__}; Python {sys.version.split()[0]}"
    return [f"# nnlab on {name}", "", f"--device={device}, {os.cpu_count()} cores beside it; {versions}.", ""]


def tables(bench: Bench, models: list[str], epochs: int) -> list[str]:
    """Both tables; comparisons first, as they are what must not be left out."""
    compared = ["| model | | verdict | steps | largest difference |", "|---|---|---|---|---|"]
    for model in models:
        compared += [f"| {model} | {words} | {bench.compared(model, *form)}" for words, form in COMPARISONS.items()]
    trained = [
        f"| model, {epochs} epochs | backend | first epoch, s | others, s | dev | test |",
        "|---|---|---|---|---|---|",
    ]
    for model in models:
        for words, form in FORMS.items():
            cells = bench.trained(model, epochs, "torch", f"--device={bench.device}", *form)
            trained.append(f"| {model} | torch on {bench.device}, {words} | {cells}")
        trained.append(f"| {model} | numpy | {bench.trained(model, epochs, 'numpy')}")
    return [*trained, "", "Compared with NumPy (`nnlab compare`):", "", *compared]


def main() -> int:
    """1 if something failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path, nargs="?", help="the file to write [stdout]")
    parser.add_argument("--models", default=",".join(MODELS), help="which of them")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=480, help="after which no further command begins [480]")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--name", default="a device", help="what it is called")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), said.device, said.seconds)
        lines = [*heading(said.name, said.device), *tables(bench, said.models.split(","), said.epochs)]
    if bench.failed:
        lines += ["", "Failed:", "", *(f"- {line}" for line in bench.failed)]
    text = "\n".join(lines) + "\n"
    if said.table is None:
        print(text, end="")
    else:
        said.table.write_text(text, encoding="utf-8")
    return 1 if bench.failed else 0


if __name__ == "__main__":
    sys.exit(main())
