"""The rung in C: the same file through onnxruntime's C interface, in a process of its own that waits for its turns."""

import json
import math
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import MissingError, RunError
from nnlab.core.types import Array
from nnlab.onnx.file.read import model_of
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.rungs.base import Files, Ready, Rung
from nnlab.onnx.write.c_sample.folder import PROGRAM, files_of


def built(files: Files) -> Path:
    """The program, compiled once. Raises MissingError: there is no compiler, no make, or no onnxruntime."""
    folder = files.folder / "c"
    if (folder / PROGRAM).exists():
        return folder / PROGRAM
    for tool in ("make", "cc"):
        if shutil.which(tool) is None:
            raise MissingError(f"there is no {tool} here", where="the rung in C", hint="install a C compiler and make")
    folder.mkdir(exist_ok=True)
    for name, content in files_of(files.model.read_bytes(), files.example).items():
        (folder / name).write_bytes(content)
    done = subprocess.run(["make", "-C", str(folder), PROGRAM], capture_output=True, text=True, check=False)
    if done.returncode:
        line = (done.stderr.strip().splitlines() or ["make failed"])[0]
        raise MissingError(f"the program cannot be built ({line})", where="the rung in C", hint="see make -C c run")
    return folder / PROGRAM


class Program:
    """The program, run once for each batch whose outputs are asked for, and kept running for those that are timed."""

    def __init__(self, files: Files):
        self._program, self._files = built(files), files
        self._view: ModelView = model_of(files.model.read_bytes())
        self._kept: subprocess.Popen[str] | None = None

    def run(self, x: Array) -> Sequence[Array]:
        """The outputs, sample by sample: the program takes as many as the file says, one where that is open."""
        size = len(self._files.example)
        parts = [self._once(x[first : first + size]) for first in range(0, len(x), size)]
        return [np.concatenate(each) for each in zip(*parts, strict=True)]

    def _once(self, x: Array) -> list[Array]:
        folder = self._program.parent
        (folder / "given.raw").write_bytes(np.ascontiguousarray(x).tobytes())
        said = self._start("given.raw", "--output=given.out", stdin=subprocess.DEVNULL)
        _, error = said.communicate()
        if said.returncode:
            raise RunError(error.strip().splitlines()[-1] if error.strip() else f"it ended with {said.returncode}")
        return split((folder / "given.out").read_bytes(), self._view, len(x))

    def _start(self, *words: str, stdin: int) -> "subprocess.Popen[str]":
        command = [str(self._program), str(self._files.model), *words, f"--threads={self._files.threads}"]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=self._program.parent, stdin=stdin, stdout=pipe, stderr=pipe, text=True)

    def timed(self) -> tuple[float, bool]:
        """Milliseconds of one call by the program's own clock, and whether it was disturbed."""
        if self._kept is None:
            name = "input.ppm" if (self._program.parent / "input.ppm").exists() else "input.raw"
            self._kept = self._start(name, "--turns", stdin=subprocess.PIPE)
            self.told: dict[str, Any] = json.loads(self._line())
        assert self._kept.stdin is not None
        self._kept.stdin.write("1\n")
        self._kept.stdin.flush()
        ms, disturbed = self._line().split()
        return float(ms), disturbed == "1"

    def _line(self) -> str:
        assert self._kept is not None and self._kept.stdout is not None
        line = self._kept.stdout.readline()
        if not line:
            raise RunError("the program ended", where="the rung in C")
        return line

    def close(self) -> None:
        """Ends the program that waits."""
        if self._kept is not None:
            self._kept.communicate()
            self._kept = None


def split(content: bytes, view: ModelView, count: int) -> list[Array]:
    """The bytes of all outputs as arrays of so many samples; of the last one all axes may be open."""
    found: list[Array] = []
    first = 0
    for place, value in enumerate(view.graph.outputs):
        dtype = np.dtype(value.dtype or np.float32)
        sizes = [size for size in (value.shape or ())[1:] if isinstance(size, int)]
        known = value.shape is not None and len(sizes) == max(0, len(value.shape) - 1)
        if known:
            shape: tuple[int, ...] = (count, *sizes) if value.shape else ()
            last = first + math.prod(shape) * dtype.itemsize
        else:
            shape, last = (count, -1), len(content) if place == len(view.graph.outputs) - 1 else first
        found.append(np.frombuffer(content[first:last], dtype).reshape(shape))
        first = last
    return found


def _opened(files: Files) -> Ready:
    program = Program(files)
    return Ready(program.run, files.model, timed=program.timed, close=program.close)


RUNGS = (
    Rung(
        "c",
        "c",
        "the same file in C, optimisation all",
        _opened,
        "onnxruntime-all",
        any_batch=False,
        judged=False,
        needs="cc",
    ),
)
