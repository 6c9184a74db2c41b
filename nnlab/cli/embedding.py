"""What `nnlab embed` and `nnlab similar` share: what gives the vectors, and how it is fed."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.cli.looking import EMBEDDING, predictor, refuse_feeding_of_a_run
from nnlab.core.errors import DataError, UsageError

if TYPE_CHECKING:
    from nnlab.experiment.embedded.embed import Embedder

UNSAID = {"run": None, "onnx_model": None, "labels": None, "kind": None}
"""Flags of `infer` that these have not."""


def embedding_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What computes, and how an ONNX model is fed."""
    for option in reversed(EMBEDDING):
        command = option(command)
    return command


def embedder(model: str, flags: Mapping[str, Any]) -> "Embedder":
    """What gives the vectors: a run, or an ONNX model by its name or file.

    Raises:  DataError: there is neither, or it cannot be read.
    """
    from nnlab.experiment.embedded.embed import Embedder, digest_of
    from nnlab.tracking.names import run_folder

    said = {**UNSAID, **flags}
    folder = run_folder(model)
    if folder.is_dir():
        refuse_feeding_of_a_run({**said, "run": model})
        return Embedder(predictor({**said, "run": model}), digest_of(folder / "weights" / "best.safetensors"), model)
    from nnlab.onnx.catalogue.files import find_model

    try:
        path = find_model(model, flags["models_path"])
    except (DataError, UsageError) as error:
        raise type(error)("no such run, and no ONNX model of this name", where=model, hint=error.hint) from error
    found: Any = predictor({**said, "onnx_model": model})
    if found.recipe.task is None:  # nothing says what its numbers are
        found = predictor({**said, "onnx_model": model, "kind": "numbers"})
    return Embedder(found, digest_of(Path(path)), model)
