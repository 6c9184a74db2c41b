"""A network for samples of other sizes: the same weights, in the same memory."""

from collections.abc import Sequence
from copy import copy as shallow_copy

from nnlab.core.errors import ShapeError
from nnlab.core.parameter import Buffer, Parameter
from nnlab.core.types import Array, Shape
from nnlab.layers.base import Layer
from nnlab.models.node import Node
from nnlab.models.values import NodeValues


class SharedValues(NodeValues):
    """The parameters and buffers that a node has already.

    Options:  what: its layer's class, for messages.  in_shape: of the samples that the node is now for.
    """

    def __init__(self, node: str, original: NodeValues, what: str, in_shape: Shape):
        super().__init__(node, original.dtype)
        self.original, self.what, self.in_shape = original, what, in_shape

    def __call__(self, name: str, shape: Shape, initializer: str, *, penalised: bool = True) -> Parameter:
        """The parameter of that name. Raises ShapeError: where there is none of that shape."""
        full = f"{self.node}.{name}"
        self._require(name, self.original.parameters.get(full), shape)
        self.parameters[full] = self.original.parameters[full]
        return self.parameters[full]

    def given(self, name: str, value: Array, *, penalised: bool = True) -> Parameter:
        """The parameter of that name. Raises ShapeError: where there is none of that shape."""
        return self(name, value.shape, "", penalised=penalised)

    def buffer(self, name: str, shape: Shape, fill: float | tuple[float, ...]) -> Buffer:
        """The buffer of that name. Raises ShapeError: where there is none of that shape."""
        full = f"{self.node}.{name}"
        self._require(name, self.original.buffers.get(full), shape)
        self.buffers[full] = self.original.buffers[full]
        return self.buffers[full]

    def _require(self, name: str, there: Parameter | Buffer | None, shape: Shape) -> None:
        if there is not None and there.value.shape == shape:
            return
        has = "no" if there is None else "a"
        of = "" if there is None else f" of {_sides(there.value.shape)}"
        size = f"{self.in_shape[1]} x {self.in_shape[0]}"
        raise ShapeError(
            f"{self.what} has {has} {name}{of} and would need one of {_sides(shape)} for pictures of {size}: it looks "
            "at all places together, so the network is for pictures of one size",
            hint="choose a network of convolutions alone, or with a global pool before its dense layers",
        )


def _sides(shape: Shape) -> str:
    return " x ".join(map(str, shape))


def is_size(shape: Shape, in_shape: Shape) -> bool:
    """Whether samples of `shape` are pictures that differ from those of `in_shape` in their size alone."""
    return len(shape) == len(in_shape) == 3 and shape[2] == in_shape[2]


def require_places(view: Node, was: Shape, now: Shape) -> None:
    """Raises ShapeError: where a view joins as many values of other places, which what reads it cannot tell apart.

    Options:  view: a node whose output is of one shape for both sizes.  was, now: the shapes of what it reads.
    """
    if was == now:
        return
    raise ShapeError(
        f"{type(view.layer).__name__} joins {_sides(was)} values, and would join {_sides(now)}, as many of other "
        "places: the network is for pictures of one size",
        where=f"node {view.name!r}",
        hint="choose a network of convolutions alone, or with a global pool before its dense layers",
    )


def layers_of(made: Sequence[Node], there: Sequence[Node]) -> dict[str, Layer]:
    """The layer of each node of `made`: as the network has it that is there, where it has the same options."""
    own = {node.name: node.layer for node in there}

    def layer(name: str, new: Layer) -> Layer:
        old = own.get(name)
        return shallow_copy(old) if type(old) is type(new) and old.options() == new.options() else new

    return {node.name: layer(node.name, node.layer) for node in made}
