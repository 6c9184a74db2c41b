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
    """A row of values, and an image: those that the model can be built for.

    Of the images the smallest that leaves no BatchNorm a single place, over which a few samples cannot tell much; where
    there is none, the smallest.

    Raises:  UsageError: why it cannot be built for an image, where it can for neither.
    """
    row = built(model, ROW)
    found: list[Shape] = []
    for image in IMAGES:
        network = built(model, image)
        if isinstance(network, Graph):
            found.append(image)
            if not _has_lone_places(network):
                found = [image]
                break
    if isinstance(row, Graph):
        return (ROW, *found[:1])
    if not found:
        assert isinstance(network, UsageError)
        raise network
    return (found[0],)


def built(model: Recipe, shape: Shape) -> Graph | UsageError:
    """A model's network for samples of this shape, without values; why it cannot be built, where it cannot."""
    try:
        return model.graph(shape, {OUTPUT: CLASSES}).build(shape, rng=None, dtype="float32")
    except UsageError as error:
        return error


def _has_lone_places(network: Graph) -> bool:
    """Whether a layer behind images is given one place of each sample, and needs several samples to learn."""
    for node in network.nodes:
        shapes = [network.shapes[name] for name in node.inputs]
        if len(shapes[0]) > 1 and node.layer.least_batch(*shapes) > 1:
            return True
    return False
