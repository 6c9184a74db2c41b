"""The folder of a C program that runs a file through onnxruntime's C interface, an input, and what it must give."""

import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from nnlab.core.errors import UsageError
from nnlab.core.types import Array
from nnlab.onnx.apart.sessions import require_onnxruntime
from nnlab.onnx.backends.engines import ENGINES
from nnlab.onnx.file.read import model_of

LOG = logging.getLogger("nnlab.export")

MODEL, PROGRAM, EXPECTED = "model.onnx", "run", "expected.raw"
"""Names of the model, of the program that the Makefile builds, and of Python's own outputs."""

SOURCES = ("main.c", "ort.h")

HINT = "free some space, or choose another folder with --c-sample"

LIBRARY = "libonnxruntime.so.VERSION"
"""What stands in the Makefile where this installation has none."""


def files_of(model: bytes, x: Array, *, where: str = MODEL) -> Mapping[str, bytes]:
    """The files beside the model, by their names: program, header, Makefile, input, expected outputs.

    The outputs are those of Python's onnxruntime on one thread, one behind the other as they lie in memory.

    Options:  model: the file's bytes; of one input.
    Shapes:   x: as the model takes it; uint8 (1, height, width, 3) becomes a PPM picture
    Raises:   MissingError: onnxruntime is not installed.  UsageError: an output is no array of numbers.
    """
    name, content = input_file(x)
    makefile = (Path(__file__).parent / "Makefile").read_text(encoding="utf-8")
    makefile = makefile.replace("@ORT@", _for_make(str(library() or LIBRARY))).replace("@INPUT@", name)
    own = {source: (Path(__file__).parent / source).read_bytes() for source in SOURCES}
    return {**own, name: content, EXPECTED: expected(model, x, where=where), "Makefile": makefile.encode()}


def expected(model: bytes, x: Array, *, where: str = MODEL) -> bytes:
    """The bytes of all outputs by Python's onnxruntime. Raises as `files_of`."""
    view = model_of(model)
    run = ENGINES["onnxruntime"].load(view, threads=1)
    outputs = run.run({view.graph.inputs[0].name: x})
    names = [value.name for value in view.graph.outputs]
    return b"".join(_bytes(y, name, where) for y, name in zip(outputs, names, strict=True))


def _bytes(y: object, name: str, where: str) -> bytes:
    array = np.asarray(y)
    if array.dtype.kind not in "fiub":
        what = f"its output {name!r} is no array of numbers, and the program knows no other"
        raise UsageError(what, where=where, hint="export without --c-sample")
    return np.ascontiguousarray(array).tobytes()


def input_file(x: Array) -> tuple[str, bytes]:
    """The name and the bytes of an input: a PPM picture where it is one, else the values as they lie in memory."""
    if x.dtype == np.uint8 and x.ndim == 4 and len(x) == 1 and x.shape[3] == 3:
        return "input.ppm", f"P6\n{x.shape[2]} {x.shape[1]}\n255\n".encode() + np.ascontiguousarray(x[0]).tobytes()
    return "input.raw", np.ascontiguousarray(x).tobytes()


def library() -> Path | None:
    """onnxruntime's library for programs in C, as it comes with the Python package; None where it has none.

    Raises:  MissingError: onnxruntime is not installed.
    """
    folder = Path(require_onnxruntime().__file__).parent / "capi"
    found = sorted(folder.glob("libonnxruntime.so.*"))
    if not found:
        LOG.warning("this onnxruntime brings no library for programs in C: type make ORT=/path/to/%s", LIBRARY)
        return None
    return found[-1]


def _for_make(path: str) -> str:
    """A path as a Makefile's variable has it."""
    return path.replace("$", "$$").replace("#", "\\#")
