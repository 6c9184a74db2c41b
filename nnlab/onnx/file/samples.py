"""How samples become a graph's input: images of (height, width, channels), or rows of values."""

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import mul
from typing import TYPE_CHECKING, Any

from nnlab.core.errors import ShapeError
from nnlab.core.types import Array, Shape
from nnlab.onnx.file.views import ModelView, NodeView, Size

if TYPE_CHECKING:
    from nnlab.models.base import Takes

Layout = tuple[Shape, tuple[int, ...]]
"""Samples are reshaped to these sizes, then their axes are put in this order (none: left as they are)."""

CHANNELS = (1, 3)
"""How many a picture has."""

CHANNELS_FIRST = frozenset({
    "AveragePool", "BatchNormalization", "Conv", "GlobalAveragePool", "GlobalMaxPool", "InstanceNormalization", "LRN",
    "MaxPool", "PRelu",
})  # fmt: skip
"""Operators that count axis 1 as the channels."""

ELEMENTWISE = frozenset({"Add", "Cast", "Clip", "Div", "Identity", "Mul", "Sub"})
"""Operators that stand between the input and what shows its axes: a normalisation, mostly."""


def takes(declared: Sequence[Size] | None) -> "Takes":
    """What an input of this shape, the batch's axis first, is for."""
    if declared is None:
        return "any"
    return "images" if len(declared) > 2 and not is_column(declared[1:]) else "vectors"


def is_column(rest: Sequence[Size]) -> bool:
    """Whether it is one row of values written with axes of 1, such as (784, 1, 1)."""
    return sum(size != 1 for size in rest) == 1


def channels_last(view: ModelView) -> bool:
    """Whether an input of four axes is (batch, height, width, channels): by what reads it, else by its sizes."""
    value = view.graph.inputs[0]
    for node, at in _readers(view, value.name):
        if node.operator in CHANNELS_FIRST and at == 0:
            return False
        if node.operator == "Transpose" and len(order := node.attributes.get("perm", ())) == 4:
            return list(order) == [0, 3, 1, 2]
    first, *_, last = (value.shape or (None,) * 4)[1:]
    return first not in CHANNELS and last in CHANNELS


def _readers(view: ModelView, name: str) -> Iterator[tuple[NodeView, int]]:
    """Who reads a value, and at which place; of what only changes the numbers, who reads its output as well."""
    names = {name}
    for node in view.graph.nodes:
        for at, read in enumerate(node.inputs):
            if read in names:
                yield node, at
                if node.operator in ELEMENTWISE:
                    names.update(node.outputs)


def layout(view: ModelView, sample: Shape, where: str) -> Layout:
    """How samples of this shape become the graph's input.

    Raises:  ShapeError: when they do not, or would only with the values of a picture in another order.
    """
    declared = view.graph.inputs[0].shape
    if declared is None:
        return (sample, (2, 0, 1)) if len(sample) == 3 else (sample, ())
    rest = declared[1:]
    if len(rest) == 3 and not is_column(rest):
        return _image(rest, sample, where, last=channels_last(view))
    sizes = _filled(rest, sample)
    if sizes is None or not _in_order(sizes, sample):
        raise ShapeError(f"takes samples of {shown(rest)}, got {shown(sample)}", where=where, hint=_row_hint(rest))
    return sizes, ()


def _image(rest: Sequence[Size], sample: Shape, where: str, *, last: bool) -> Layout:
    """Options:  rest: channels, height, width, each perhaps free; the channels last where that is said."""
    axes = tuple(rest) if last else (rest[1], rest[2], rest[0])
    order = () if last else (2, 0, 1)
    if len(sample) == 3 and _fits(sample, axes):
        return sample, order
    sizes = tuple(size for size in axes if isinstance(size, int))
    if len(sample) == 1 and len(sizes) == 3 and math.prod(sizes) == sample[0]:
        return sizes, order
    form = "height x width x channels" if last else "channels x height x width"
    what = f"takes images of {shown(rest)} ({form}), got samples of {shown(sample)}"
    raise ShapeError(what, where=where, hint=_image_hint(axes, sample))


def _image_hint(axes: Sequence[Size], sample: Shape) -> str | None:
    """What to type. Options:  axes: height, width, channels."""
    height, width, channels = axes
    flags = ["--no-flatten"] if len(sample) == 1 and not all(isinstance(size, int) for size in axes) else []
    if isinstance(height, int) and isinstance(width, int):
        flags.append(f"--resize={width},{height}")
    flags += {1: ["--grayscale"], 3: ["--no-grayscale"]}.get(channels, []) if isinstance(channels, int) else []
    if isinstance(channels, int) and channels not in CHANNELS:
        return f"pictures have 1 or 3 channels, never {channels}: train another network"
    return f"type {' '.join(flags)}" if flags else None


def _row_hint(rest: Sequence[Size]) -> str:
    """What to type for a row of values, which may be a square picture."""
    if all(isinstance(size, int) for size in rest):
        count = math.prod(size for size in rest if isinstance(size, int))
        for channels, flag in ((1, "--grayscale"), (3, "--no-grayscale")):
            side = math.isqrt(count // channels)
            if side * side * channels == count:
                return f"type --resize={side},{side} {flag}"
    return "see --resize=W,H, --grayscale and --no-flatten"


def _filled(rest: Sequence[Size], sample: Shape) -> Shape | None:
    """The declared sizes, what is left open taken from the sample; None where that cannot be."""
    if len(rest) == len(sample) and _fits(sample, rest):
        return sample
    if len(rest) == len(sample) - 1 and sample[-1] == 1 and _fits(sample[:-1], rest):
        return sample[:-1]  # grey pictures without an axis for the one channel
    known = [size for size in rest if isinstance(size, int)]
    count, unit = math.prod(sample), math.prod(known)
    if len(known) < len(rest) - 1 or not unit or count % unit or (len(known) == len(rest) and unit != count):
        return None
    return tuple(size if isinstance(size, int) else count // unit for size in rest)


def _in_order(sizes: Shape, sample: Shape) -> bool:
    """Whether reshaping only joins axes that lie beside each other: else the values of a picture change places."""
    if len(sample) == 1:  # axes that were joined; channels before the rest were never beside each other
        long = [size for size in sizes if size != 1]
        return len(long) < 2 or long[0] != 3 or long[-1] == 3
    return set(accumulate(sizes, mul)) <= {1, *accumulate(sample, mul)}


def shown(sizes: Sequence[Any]) -> str:
    """A shape in words: "3 x ? x 8"."""
    return " x ".join(str(size) if isinstance(size, int) else "?" for size in sizes)


def turned(x: Array, order: tuple[int, ...]) -> Array:
    """Samples whose axes are put in an order; the batch's stays first."""
    return x.transpose(0, *(axis + 1 for axis in order)) if order else x


def _fits(sample: Shape, declared: Sequence[Size]) -> bool:
    return all(not isinstance(size, int) or size == got for size, got in zip(declared, sample, strict=True))
