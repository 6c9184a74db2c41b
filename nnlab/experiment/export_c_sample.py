"""A run as a folder that a C compiler turns into a program: the file, the program, a picture, what it must give."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.core.errors import UsageError
from nnlab.experiment.export import Exported, export
from nnlab.tracking.files import write_whole, writing

if TYPE_CHECKING:
    from nnlab.onnx.write.export import Form


@dataclass(frozen=True)
class CSample:
    """A folder that was written. Options:  files: their names, in the order of the alphabet."""

    exported: Exported
    folder: Path
    files: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """What --json prints."""
        return self.exported.document() | {"c_sample": {"folder": str(self.folder), "files": list(self.files)}}


def export_c_sample(
    path: str | Path, form: "Form", folder: str | Path, *, quantize: bool = False, calibration: int = 200
) -> CSample:
    """Writes a run's file, its preparation inside, with a program that gives it a picture.

    Options:  folder: made where it is not there; files of these names in it are written anew.  Others as `export`.
    Raises:   MissingError: onnxruntime is not installed.  As `export` for the rest.
    """
    from nnlab.onnx.apart.sessions import require_onnxruntime
    from nnlab.onnx.write.c_sample.folder import HINT, MODEL, files_of

    require_onnxruntime()
    target = Path(folder)
    if target.exists() and not target.is_dir():
        raise UsageError("is a file", where=f"--c-sample={folder}", hint="name a folder")
    with writing(target, hint=HINT):
        target.mkdir(parents=True, exist_ok=True)
    asked = {"preprocess": True, "quantize": quantize, "calibration": calibration}
    exported = export(path, form, output=target / MODEL, **asked)  # type: ignore[arg-type]
    assert exported.example is not None
    model = exported.path.read_bytes()
    files = files_of(model, exported.example[: _batch(model)], where=str(exported.path))
    for name, content in files.items():
        write_whole(target / name, content, hint=HINT)
    return CSample(exported, target, tuple(sorted((MODEL, *files))))


def _batch(model: bytes) -> int:
    """How many samples the file takes at once, 1 where that is open."""
    from nnlab.onnx.file.read import model_of

    shape = model_of(model).graph.inputs[0].shape
    return shape[0] if shape and isinstance(shape[0], int) else 1
