"""The forms of samples that a model takes, found by building it."""

from collections.abc import Mapping
from typing import Protocol

from nnlab.core.errors import UsageError
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.types import Shape
from nnlab.models.graph import Graph

ROW: Shape = (7,)
IMAGES: tuple[Shape, ...] = ((3, 4, 2), (8, 8, 3), (32, 32, 3), (64, 64, 3))
"""The smallest comes first; a network with pooling needs a larger one."""

CLASSES = Head((4,))
"""What a trial asks of a model."""


class Recipe(Protocol):
    """What is asked of a model here."""

    def graph(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """The graph for one input shape, not yet built."""
        ...


def forms(model: Recipe) -> tuple[Shape, ...]:
    """A row of values, and the smallest of some images: those that the model can be built for.

    Raises:  UsageError: why it cannot be built for an image, where it can for neither.
    """
    row = fault(model, ROW)
    for image in IMAGES:
        if (wrong := fault(model, image)) is None:
            return (image,) if row else (ROW, image)
    if row is None:
        return (ROW,)
    assert wrong is not None
    raise wrong


def fault(model: Recipe, shape: Shape) -> UsageError | None:
    """Why a model cannot be built for samples of this shape; None where it can."""
    try:
        model.graph(shape, {OUTPUT: CLASSES}).build(shape, rng=None, dtype="float32")
    except UsageError as error:
        return error
    return None
