"""What a convolution and its transposed have in common."""

from abc import ABC
from dataclasses import dataclass, field, replace
from typing import Self

from nnlab.core.component import option
from nnlab.core.errors import ShapeError
from nnlab.core.parameter import Parameter
from nnlab.core.types import Shape
from nnlab.kernels.images import winograd
from nnlab.kernels.images.convolution import Algorithm, Form, algorithm
from nnlab.kernels.window import Window
from nnlab.layers.base import Layer
from nnlab.layers.windows import Sides, image_of


@dataclass(kw_only=True, eq=False)
class Convolving(Layer, ABC):
    """A kernel W that moves over images, and a shift b of each channel of the output.

    Options:  form: how a convolution is computed: by columns, its definition, or by Winograd's algorithm where it can
              (3x3, stride and dilation 1, no groups; kernels/images/winograd.py); "auto": by that where it pays.
    """

    dilation: Sides = option(1, "pixels from one element of the kernel to the next", low=1)
    groups: int = option(1, "independent convolutions that channels and maps are split into", low=1)
    bias: bool = option(True, "whether a bias is added")
    initializer: str = option("Kaiming", "how the weights are drawn")
    form: Form = option("auto", "algorithm of 3x3 kernels: columns, Winograd's, or the quicker")
    weight: Parameter = field(init=False, repr=False)
    shift: Parameter | None = field(init=False, repr=False, default=None)  # b; `bias` says whether there is one
    window: Window = field(init=False, repr=False)

    def image(self, in_shapes: tuple[Shape, ...], maps: int) -> tuple[int, int, int]:
        """Height, width and channels of what it reads. Raises ShapeError: no image; groups that do not divide."""
        height, width, channels = image_of(in_shapes, type(self).__name__)
        for count, what in ((channels, "channels"), (maps, "maps")):
            if count % self.groups:
                raise ShapeError(f"{self.groups} groups do not divide {count} {what}", hint="choose a divisor of both")
        return height, width, channels

    def algorithm(self, x_shape: Shape) -> Algorithm:
        """What does the convolution by W of images of this shape."""
        return algorithm(x_shape, self.weight.value.shape, self.window, self.form)

    def defined(self) -> Self:
        """By columns."""
        return replace(self, form="columns")

    def rounding(self) -> float:
        """As Winograd's algorithm, where it may be done by that."""
        return winograd.ROUNDING if self.form != "columns" and winograd.fits(self.window) else 1.0
