"""A layer with weights, computed with these rounded as integers of 8 bits would hold them."""

from copy import copy as shallow_copy
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from nnlab.core.component import make, option, required
from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.parameter import NewParameter, StandIn
from nnlab.core.types import Array, Shape
from nnlab.kernels.quantize import channel_scales, weight_codes
from nnlab.layers.base import LAYERS, Cache, Example, Layer
from nnlab.layers.reach import Reach


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class QuantizedWeights(Layer):
    """What a layer gives with its weights rounded: those of each output to 255 values, as many on each side of 0.

    scale[m] = max |W[..., m]| / 127;  V[..., m] = scale[m] round(W[..., m] / scale[m])
    y = layer(x) with V in place of W

    The scale follows the weights at every step, so none is ever cut off. The bias stays as it is.

    Shapes:  as the layer's
    Gradient:  dW = dV, the straight-through estimate, which takes V for W; dx and the bias's: the layer's own, with V.
               A gradient check differentiates just that: V - W is held while W moves.
    Options:  layer: the name of a layer with weights: Dense, Conv2d, ConvTranspose2d.  layer_options: its options.
    Raises:  UsageError: when the layer has no weights for each output channel.
    Source:  Krishnamoorthi, "Quantizing deep convolutional networks for efficient inference: a whitepaper", 2018.
    """

    in_steps: ClassVar[bool] = True

    layer: str = required("the layer whose weights are rounded")
    layer_options: dict[str, Any] = option({}, "its options")
    inner: Any = field(init=False, repr=False)  # a Layer with `weight`

    def __post_init__(self) -> None:
        super().__post_init__()
        cls = LAYERS.get(self.layer)
        if cls.channel_axis is None:
            raise UsageError("has no weights to quantise", where=f"QuantizedWeights.layer={self.layer}")
        self.inner = make(cls, self.layer_options)

    @classmethod
    def of(cls, layer: Layer) -> "QuantizedWeights":
        """What stands for a layer with weights."""
        return cls(layer=type(layer).__name__, layer_options=layer.options())

    @staticmethod
    def within(layer: Layer) -> Layer:
        """The layer whose weights these are: what is held, or a layer itself that holds none."""
        inner: Layer = layer.inner if isinstance(layer, QuantizedWeights) else layer
        return inner

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Makes what the layer makes, under the same names."""
        self.inner = shallow_copy(self.inner)
        shape: Shape = self.inner.build(*in_shapes, new=new)
        return shape

    def rounded(self, weight: Array) -> Array:
        """V"""
        scales = channel_scales(weight, self.axis)
        codes = weight_codes(weight, scales)
        return np.multiply(codes, scales, out=codes)

    @property
    def axis(self) -> int:
        """Of the weight, along which output channels lie."""
        axis: int = self.inner.channel_axis
        return axis

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, tuple[Any, Cache]]:
        """y; the layer with V, and its cache."""
        weight = self.inner.weight
        if ctx.held is None:
            value = self.rounded(weight.value)
        else:
            if ctx.node not in ctx.held:
                ctx.held[ctx.node] = self.rounded(weight.value) - weight.value
            value = weight.value + ctx.held[ctx.node]
        layer = shallow_copy(self.inner)
        layer.weight = StandIn(weight, value)
        y, cache = layer.forward(*xs, ctx=ctx)
        return y, (layer, cache)

    def backward(self, dy: Array, cache: tuple[Any, Cache], ctx: Context) -> tuple[Array | None, ...]:
        """Adds dV to dW, and the bias's; dx."""
        layer, inside = cache
        dxs: tuple[Array | None, ...] = layer.backward(dy, inside, ctx)
        return dxs

    def defined(self) -> "Layer":
        """By the layer's own definition."""
        defined = self.inner.defined()
        return self if defined is self.inner else self.of(defined)

    def rounding(self) -> float:
        """As the layer's."""
        found: float = self.inner.rounding()
        return found

    def multiply_adds(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> int:
        """As the layer's."""
        found: int = self.inner.multiply_adds(in_shapes, out_shape)
        return found

    def reach(self, in_shapes: tuple[Shape, ...], out_shape: Shape) -> Reach | None:
        """As the layer's."""
        found: Reach | None = self.inner.reach(in_shapes, out_shape)
        return found

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Every kind of layer that it can be of."""
        return (
            ({"layer": "Dense", "layer_options": {"units": 4}}, ((3,),)),
            ({"layer": "Dense", "layer_options": {"units": 1, "bias": False}}, ((2,),)),
            ({"layer": "Conv2d", "layer_options": {"maps": 3}}, ((5, 6, 2),)),
            ({"layer": "Conv2d", "layer_options": {"maps": 4, "groups": 2, "kernel": 2, "bias": False}}, ((4, 5, 2),)),
            ({"layer": "ConvTranspose2d", "layer_options": {"maps": 3, "kernel": 2, "stride": 2}}, ((3, 4, 2),)),
        )
