"""How a model is fed and read: said by flags, by the file itself, by the catalogue, or seen from its input's shape."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, get_args

import numpy as np

from nnlab.core.component import make
from nnlab.core.errors import DataError, Mistakes, NnlabError, UsageError
from nnlab.core.placement import Placement
from nnlab.core.printing import printable
from nnlab.core.registry import nearest
from nnlab.core.types import Array, Pixels
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.onnx.catalogue.catalogue import entry_of
from nnlab.onnx.file.samples import channels_last, is_column
from nnlab.onnx.file.views import ModelView, Size, ValueView
from nnlab.onnx.inference.by_task import TaskReading, reading_of
from nnlab.onnx.inference.preprocessing import EXPORTED_KEY, Preprocessing

Kind = Literal["labels", "mask", "class-map", "objects", "numbers"]
KINDS: tuple[Kind, ...] = get_args(Kind)


NUMBERS_KEY = "values"
"""Where a file that `nnlab export` wrote says the names of the numbers that it gives, if it is a regression."""


PART_KEY = "part"
"""Where a file says that it is a part of a network, and which."""


def known_kind(said: str | None) -> Kind | None:
    """A kind by its name. Raises UsageError: for any other name."""
    if said is None or said in KINDS:
        return next((kind for kind in KINDS if kind == said), None)
    raise UsageError(f"no kind {said!r}", where="--kind", hint=f"it is one of {', '.join(KINDS)}")


class Feed(Protocol):
    """What makes a network's input of a picture."""

    def pixels(self, image: Image, lib: ImageLibrary) -> Pixels:
        """The pixels that the input is made of, (height, width, channels) uint8."""
        ...

    def input(self, pixels: Pixels) -> Array:
        """They as the network takes them, a batch of one."""
        ...

    def placement(self, image: Image, lib: ImageLibrary) -> Placement:
        """Where the picture's pixels are in that."""
        ...


@dataclass(frozen=True)
class Recipe:
    """How a model is fed and read.

    Options:  kind: what its output is; None: seen from its shape.  labels: names of the classes; empty where not known.
              output: the one that is read; None: seen from types and shapes.
              task: what the outputs are to a task, where the file says so itself and nobody says otherwise.
    """

    feed: Feed
    labels: tuple[str, ...] = ()
    kind: Kind | None = None
    output: str | None = None
    task: TaskReading | None = None


@dataclass(frozen=True)
class Said:
    """What the user says of a model's output. Options:  labels: names of the classes; None where none were said."""

    labels: Sequence[str] | None = None
    kind: Kind | None = None
    output: str | None = None


def recipe_of(view: ModelView, name: str, flags: Mapping[str, Any], said: Said | None = None) -> Recipe:
    """The recipe of a model, the strongest first: flags, its own metadata, the catalogue, the input's shape.

    Options:  name: by which the catalogue knows it.  flags: options of `Preprocessing` that were said.
    Raises:  UsageError or Mistakes: flags that cannot be, or do not fit the model.  DataError: not a picture's model.
    """
    said, entry = said or Said(), entry_of(name)
    about, unsaid = metadata(view), said.kind is None and said.output is None
    by_task = reading_of(about, [value.name for value in view.graph.outputs]) if unsaid else None
    own, numbers = own_labels(view), own_labels(view, NUMBERS_KEY)
    own = own or (own_labels(view, by_task.task.naming) if by_task is not None else ())
    names = tuple(said.labels) if said.labels is not None else own or numbers or (entry.labels if entry else ())
    kind = said.kind or (known_kind(entry.kind) if entry else "numbers" if numbers else None)
    declared = picture_input(view)
    if said.output is not None:
        _require_output(view, said.output)
    if PART_KEY in about and EXPORTED_KEY not in about:
        what = f"is the {printable(about[PART_KEY])} of a network: it takes what the part before it gives, no picture"
        raise DataError(what, where=f"input {declared.name}", hint="give it that in a program of your own")
    if not flags and EXPORTED_KEY in about:
        from nnlab.onnx.inference.exported import exported_feed

        return Recipe(exported_feed(about), names, kind, said.output, by_task)
    known = dict(entry.preprocessing) if entry else {}
    try:
        preprocessing = make(Preprocessing, {**_seen(view, declared), **known, **flags})
    except UsageError as error:
        raise _by_flag(error) from error
    _refuse_unfit(preprocessing, declared, flags)
    return Recipe(preprocessing, names, kind, said.output, by_task)


def _require_output(view: ModelView, name: str) -> None:
    """Raises UsageError: for an output that the model does not have."""
    has = [value.name for value in view.graph.outputs]
    if name not in has:
        near = nearest(name, has) or has
        raise UsageError(f"the model has no output {name!r}", where="--output-name", hint=f"it has {', '.join(near)}")


def picture_input(view: ModelView) -> ValueView:
    """The one input that takes pictures. Raises DataError: when there are several, or none."""
    inputs = view.graph.inputs
    if len(inputs) != 1:
        names = ", ".join(value.name for value in inputs) or "none"
        raise DataError(f"takes {len(inputs)} inputs ({names}), not a picture alone", where=view.graph.name)
    return inputs[0]


def own_labels(view: ModelView, key: str = "classes") -> tuple[str, ...]:
    """The names of the classes that the file itself carries in its metadata, as `nnlab export` writes them; under
    another key those of numbers."""
    try:
        said = json.loads(metadata(view).get(key, "[]"))
    except (ValueError, RecursionError):
        return ()
    return tuple(map(str, said)) if isinstance(said, list) else ()


def metadata(view: ModelView) -> dict[str, str]:
    """What a model says of itself: keys and texts."""
    return {str(pair.key): str(pair.value) for pair in view.proto.metadata_props}


def _seen(view: ModelView, declared: ValueView) -> dict[str, Any]:
    """Size, colours, layout and range as far as the declared input shows them."""
    pixels = {"range": (0.0, 255.0)} if declared.dtype == np.uint8 else {}
    return {**pixels, **_seen_shape(view, declared.shape)}


def _seen_shape(view: ModelView, shape: Sequence[Size] | None) -> dict[str, Any]:
    if shape is None or len(shape) < 2:
        return {}
    rest = shape[1:]
    if len(rest) != 3 or is_column(rest):
        return _square(rest)
    last = channels_last(view)
    high, wide, count = rest if last else (rest[1], rest[2], rest[0])
    found: dict[str, Any] = {"layout": "NHWC" if last else "NCHW"}
    if isinstance(high, int) and isinstance(wide, int):
        found["resize"] = (wide, high)
    if count == 1:
        found["channels"] = "grey"
    return found


def _square(rest: Sequence[Size]) -> dict[str, Any]:
    """One row of values may be a square picture, grey or in colour."""
    if not all(isinstance(size, int) for size in rest):
        return {}
    count = math.prod(size for size in rest if isinstance(size, int))
    for channels, name in ((1, "grey"), (3, "rgb")):
        side = math.isqrt(count // channels)
        if side * side * channels == count:
            return {"layout": "flat", "resize": (side, side), "channels": name}
    return {"layout": "flat"}


def _refuse_unfit(preprocessing: Preprocessing, declared: ValueView, flags: Mapping[str, Any]) -> None:
    """Raises UsageError, or DataError where no flag said it: when the model takes another shape."""
    if declared.shape is None:
        return
    shape, takes = preprocessing.shape, declared.shape
    known = [size for size in takes[1:] if isinstance(size, int)]
    if len(takes) == len(shape):
        fits = all(
            not isinstance(there, int) or there == here for there, here in zip(takes[1:], shape[1:], strict=True)
        )
    else:
        fits = len(known) == len(takes) - 1 and math.prod(known) == math.prod(shape[1:])
    if fits:
        return
    said = " x ".join("?" if not isinstance(size, int) else str(size) for size in takes)
    made = " x ".join(map(str, shape))
    what = f"the model takes {said} and pictures are made {made}"
    hint = "say how it is fed: --resize=W,H --channels=rgb|bgr|grey --layout=NCHW|NHWC|flat"
    if flags:
        raise UsageError(what, where=" ".join(f"--{key.replace('_', '-')}" for key in flags), hint=hint)
    raise DataError(what, where=f"input {declared.name}", hint=hint)


def _by_flag(error: UsageError) -> UsageError:
    """The same mistakes, naming the flags: `--mean`."""
    mistakes: list[NnlabError] = [
        UsageError(m.what, where="--" + (m.where or "").rpartition(".")[2].replace("_", "-"), hint=m.hint)
        for m in getattr(error, "mistakes", [error])
    ]
    if len(mistakes) > 1:
        return Mistakes(mistakes)
    return UsageError(mistakes[0].what, where=mistakes[0].where, hint=mistakes[0].hint)
