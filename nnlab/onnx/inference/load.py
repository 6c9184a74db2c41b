"""From a model's name to what looks at pictures with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nnlab.core.errors import DataError, UsageError
from nnlab.core.folders import at_home
from nnlab.core.reading import read_text
from nnlab.core.registry import nearest
from nnlab.data.images.base import ImageLibrary
from nnlab.onnx.backends.engines import known_engine, load
from nnlab.onnx.catalogue.catalogue import catalogue, entry_of
from nnlab.onnx.catalogue.class_names import class_names, known_lists
from nnlab.onnx.catalogue.files import find_model
from nnlab.onnx.file.read import read_model
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.inference.predictor import OnnxPredictor
from nnlab.onnx.inference.recipe import Recipe, Said, recipe_of


@dataclass(frozen=True, eq=False)
class ReadModel:
    """A model that was read, and how it is fed."""

    view: ModelView
    recipe: Recipe

    def on(self, engine: str, library: ImageLibrary, *, threads: int = 0) -> OnnxPredictor:
        """It on an engine. Raises UsageError: no such engine.  MissingError: not installed.  DataError: not taken."""
        known_engine(engine)
        return OnnxPredictor(load(self.view, engine, threads=threads), self.recipe, library, engine, threads)


def read_for_pictures(
    name: str,
    flags: Mapping[str, Any],
    *,
    models_path: str,
    like: str | None = None,
    labels: str | None = None,
    reading: Said | None = None,
) -> ReadModel:
    """The model of a name or path, read, and how it is fed.

    Options:  flags: options of `Preprocessing` that were said.  like: an entry of the catalogue whose preprocessing
              counts instead of the model's own name.  labels: a list of `known_lists`, or a file of the classes'
              names, one in each line.  reading: what else was said of the output.
    Raises:  DataError: no such model, or one that is not sound.  UsageError: flags that cannot be.
    """
    if like is not None and entry_of(like) is None:
        near = nearest(like, list(catalogue())) or list(catalogue())
        raise UsageError(f"no model {like!r} in the catalogue", where="--like", hint=f"it has {', '.join(near)}")
    said = replace(reading or Said(), labels=None if labels is None else _names(labels))
    path = find_model(name, models_path)
    view = read_model(path)
    try:
        return ReadModel(view, recipe_of(view, like or path.name, flags, said))
    except DataError as error:
        raise DataError(error.what, where=f"{path}: {error.where}", hint=error.hint) from error


def _names(said: str) -> Sequence[str]:
    """The names of a list that ships, or of a file; a file of a list's name is the one that is meant."""
    if not Path(at_home(said)).exists():
        if names := class_names(said):
            return names
        if Path(said).name == said and not Path(said).suffix:
            hint = f"one name in each line, or one of {', '.join(known_lists())}"
            raise DataError("there is no such file and no such list of names", where=f"--labels={said}", hint=hint)
    return _lines(said)


def _lines(path: str) -> list[str]:
    try:
        lines = read_text(Path(at_home(path))).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise DataError(f"cannot be read ({why})", where=f"--labels={path}", hint="one name in each line") from None
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        raise DataError("has no names in it", where=f"--labels={path}", hint="one name in each line")
    return [line.strip() for line in lines]
