"""For which samples a graph is: its declared sizes, and where it leaves some open, the smallest that it runs on."""

from collections.abc import Iterator, Sequence
from itertools import product

from nnlab.core.errors import NnlabError
from nnlab.core.types import Shape
from nnlab.onnx.file.samples import CHANNELS, channels_last, is_column
from nnlab.onnx.file.views import ModelView, Size
from nnlab.onnx.train.network import OnnxNetwork

SIDES = (8, 16, 32, 64, 128, 224)
"""Of images, where the file leaves them open."""


def fit(network: OnnxNetwork) -> tuple[Shape, int] | None:
    """The shape of a sample and the number of classes; None where nothing that is tried goes through."""
    for shape in _shapes(network.model.view):
        try:
            given = network.tried(shape).shape
        except NnlabError:
            continue
        return (shape, given[0]) if len(given) == 1 or network.headless else None
    return None


def _shapes(view: ModelView) -> Iterator[Shape]:
    """Shapes of samples that fit what is declared, the smallest first."""
    declared = view.graph.inputs[0].shape
    rest = (None,) * 3 if declared is None else declared[1:]
    if len(rest) == 3 and not is_column(rest):
        high, wide, channels = rest if channels_last(view) else (rest[1], rest[2], rest[0])
        for side, count in product(SIDES, reversed(CHANNELS)):
            yield _filled((high, wide, channels), (side, side, count))
        return
    widths = sorted(
        {value.shape[axis] for value in view.graph.initializers.values() if value.ndim == 2 for axis in (0, 1)}
    )
    yield from (_filled(rest, (width,) * len(rest)) for width in (*widths, *SIDES))


def _filled(sizes: Sequence[Size], more: Shape) -> Shape:
    return tuple(size if isinstance(size, int) else other for size, other in zip(sizes, more, strict=True))
