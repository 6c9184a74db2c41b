"""What an output of a model is, by type, shape and where it comes from: scores, a class, a mask, a class map."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.inference.meaning import is_measure
from nnlab.onnx.inference.origins import Origins
from nnlab.onnx.ops.base import is_float

Form = Literal[
    "table", "class", "classes", "values", "scores", "mask", "class map", "class numbers", "objects",
    "numbers", "other",
]  # fmt: skip
"""table: names to probabilities (ZipMap).  class: one number or name.  classes, values: the likeliest ones and their
scores (TopK).  class map: scores of every class at every place.  class numbers: the likeliest class of every place.
numbers: what they say themselves (a regression's), which only somebody who knows the model can tell."""

MAP_FORMS = ("class map", "class numbers")

TEXTS = "OSUT"
ONE_CLASS = re.compile(r"(output_?)?(class_?)?label|(predicted_?)?class(_?id|_?index)?|prediction", re.IGNORECASE)
"""What a class's number is called where the graph does not show that it is one."""

PICTURE_ENDS = frozenset({"Tanh", "Sigmoid", "HardSigmoid", "DepthToSpace"})
"""With what networks end that give a picture, or masks that do not exclude each other: channels that are no classes."""


@dataclass(frozen=True)
class Size:
    """Height and width of the picture as the network took it, and whether its channels come last; None: as one row."""

    height: int
    width: int
    channels: int
    last: bool

    @classmethod
    def of(cls, x: Array) -> "Size | None":
        """That of an input."""
        if x.ndim != 4:
            return None
        last = x.shape[1] not in (1, 3) and x.shape[3] in (1, 3)
        height, width, channels = (x.shape[1:]) if last else (x.shape[2], x.shape[3], x.shape[1])
        return cls(height, width, channels, last)


@dataclass(frozen=True, eq=False)
class Output:
    """One output of a model. Options:  place: among the outputs."""

    name: str
    value: Any
    form: Form
    place: int = 0

    @property
    def shown(self) -> str:
        """Its name, type and shape."""
        if isinstance(self.value, np.ndarray):
            return f"{self.name} ({self.value.dtype} {' x '.join(map(str, self.value.shape)) or 'one number'})"
        return f"{self.name} ({'a table' if self.form == 'table' else 'no tensor'})"


def output_of(name: str, value: Any, origins: Origins, size: Size | None, place: int = 0) -> Output:
    """An output and its form."""
    if isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
    return Output(name, value, _form(name, value, origins, size), place)


def _form(name: str, value: Any, origins: Origins, size: Size | None) -> Form:
    if isinstance(value, Mapping):
        return "table" if value else "other"
    if not isinstance(value, np.ndarray) or not value.size or origins.holds_boxes(name):
        return "other"
    row = sum(length != 1 for length in value.shape) <= 1
    return _vector(name, value, origins) if row else _map(name, value, origins, size)


def _vector(name: str, value: Array, origins: Origins) -> Form:
    counted = origins.numbering(name)
    if value.dtype.kind in TEXTS or counted:
        several = value.size > 1 or (counted is not None and counted.operator == "TopK")
        return "class" if not several else "classes" if counted else "other"
    if is_float(value):
        if origins.source(name).operator == "TopK":
            return "values"
        return "other" if is_measure(name, value.size, origins) else "scores"
    if value.size == 1 and not origins.emits(name):
        return "class" if ONE_CLASS.fullmatch(name) else "other"
    return "scores" if value.dtype in (np.uint8, np.int8) else "other"  # what was quantised


def _map(name: str, value: Array, origins: Origins, size: Size | None) -> Form:
    *_, rows, columns = [length for length in value.shape if length != 1]
    flat = value.size == rows * columns
    if flat and (origins.numbering(name) is not None or value.dtype in (np.int32, np.int64)):
        return "class numbers" if value.ndim >= 3 and (size is None or _alike(rows, columns, size)) else "other"
    if flat:
        return "mask" if value.ndim == 4 and (size is None or _alike(rows, columns, size)) else "other"
    if value.ndim - (value.shape[0] == 1) != 3 or not is_float(value) or size is None:
        return "other"
    return (
        "class map" if classes_axis(value, size) is not None and _are_classes(name, value, origins, size) else "other"
    )


def classes_axis(value: Array, size: Size, *, least: float = 0.5) -> int | None:
    """Which of (perhaps a batch of one,) channels, height, width counts channels; None where no two are a picture's.

    Options:  least: of the picture's height and width, how much a map has to have.
    """
    high, low = value.shape[-3:-1], value.shape[-2:]
    fits = [
        (axis, rows / size.height, columns / size.width)
        for axis, (rows, columns) in ((-1, high), (-3, low))
        if _alike(rows, columns, size)
    ]
    found = [axis for axis, down, across in fits if least <= down <= 2 and least <= across <= 2]
    return (-1 if size.last else -3) if len(found) > 1 else found[0] if found else None


def _alike(rows: int, columns: int, size: Size) -> bool:
    """Whether a map has the proportions of the picture, to a tenth: strides round."""
    return abs((rows * size.width) / (columns * size.height) - 1) < 0.1


def _are_classes(name: str, value: Array, origins: Origins, size: Size) -> bool:
    """Whether a map's channels are classes; a picture's colours and masks that do not exclude each other are none."""
    source = origins.source(name)
    if source.operator in {"Softmax", "LogSoftmax"}:
        return True
    if source.operator in PICTURE_ENDS:
        return False
    if value.shape[classes_axis(value, size) or 0] != size.channels:
        return True
    if source.operator == "Conv" and source.node is not None:
        weights = origins.stored(source.node.inputs[1])
        return weights is not None and all(length == 1 for length in weights.shape[2:])
    return source.operator in {"Resize", "Upsample"}
