"""The contract of a layer."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from nnlab.core.component import Component
from nnlab.core.context import Context
from nnlab.core.parameter import NewParameter
from nnlab.core.registry import Registry
from nnlab.core.types import Array, Shape
from nnlab.layers.reach import Reach, by_places

Cache = Any
"""Whatever a layer's backward needs of its forward; only that layer looks inside."""

Example = tuple[Mapping[str, Any], tuple[Shape, ...]]
"""A way to try a layer: its options, and the shape of each input without the batch axis."""


@dataclass(kw_only=True, eq=False)
class Layer(Component, ABC):
    """A function of one or several arrays with a hand-written gradient.

    `forward` changes nothing on the layer: what backward needs travels in the cache. Running statistics move in
    `observe`, called once per training step. So a check, or a score in the middle of a step, disturbs nothing.
    Temporaries and results come from `ctx.empty`. No layer writes into its inputs or into `dy`.

    Options:  is_view: whether its output is the memory of its input, in another shape.
              chooses: whether in evaluation all that it gives are values that it was given, or 0.
              joins: what comes before it that it is computed together with: weights (whose part it becomes), any.
              channel_axis: of a layer with `weight`, along which its output channels lie; None of others.
              in_steps: whether it rounds, so that its gradient is an estimate.
              ends: of a function that flattens out at both ends, the values that it tends to there; None of others.
    """

    is_view: ClassVar[bool] = False
    chooses: ClassVar[bool] = False
    joins: ClassVar[Literal["weights", "any"] | None] = None
    channel_axis: ClassVar[int | None] = None
    in_steps: ClassVar[bool] = False
    ends: ClassVar[tuple[float, float] | None] = None

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Makes the parameters; returns the shape of one output sample. Shapes are without the batch axis.

        Raises:  ShapeError: when the inputs do not fit.
        """
        return in_shapes[0]

    @abstractmethod
    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Cache]:
        """The output and the cache for backward."""

    @abstractmethod
    def backward(self, dy: Array, cache: Cache, ctx: Context) -> tuple[Array | None, ...]:
        """Adds to the parameters' gradients; returns the gradient of each input (None where ctx.needs_dx is False)."""

    def observe(self, cache: Cache) -> None:
        """Moves running statistics by one training step; most layers have none."""
        return None

    def defined(self) -> "Layer":
        """The same layer, to be built, by the arithmetic that defines it; itself, where there is no quicker form of it.

        A quicker form is wrong where it gives other numbers, although its gradient may be that of what it gives.
        """
        return self

    def rounding(self) -> float:
        """How many units of rounding of the largest value its results may be off by; 1 for few, as sums of products.

        A quicker form may lose digits that its definition keeps: a comparison allows for as many times more.
        """
        return 1.0

    def least_batch(self, *in_shapes: Shape) -> int:
        """How many samples of these shapes a minibatch needs at least, to be trained on."""
        return 1

    def draws(self, *in_shapes: Shape) -> Shape | None:
        """The shape of the numbers that one sample takes of `ctx.generator()` in training, in float32; None: none.

        A pass that is compiled cannot ask the generator: they are drawn before it.
        """
        return None

    def inner_maps(self, node: str) -> frozenset[str]:
        """The names by which it shows nodes of its own, that give maps with channels before places, to who watches a
        pass; most layers have none.  Options:  node: how it is called itself."""
        return frozenset()

    def multiply_adds(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> int:
        """How many products of matrix products and convolutions it adds up for one sample; most layers have none."""
        return 0

    def reach(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> Reach | None:
        """Which places of its input one place of its output is computed of, in evaluation; None: all of them.

        By default each of the same place alone, where the places stay as they are, and of all where they do not.
        """
        return by_places(in_shapes, out_shape)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Options and input shapes with which the contract tests and `nnlab check` make one."""
        return (({}, ((5,),)), ({}, ((3, 4, 2),)))


LAYERS: Registry[Layer] = Registry("layer", "nnlab.layers")
