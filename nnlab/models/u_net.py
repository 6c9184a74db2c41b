"""A network that gives a map: down to what is there, and up again to where."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal

from nnlab.core.component import option
from nnlab.core.errors import UsageError
from nnlab.core.heads import Head
from nnlab.core.types import Shape
from nnlab.layers.center_crop import CenterCrop
from nnlab.layers.concat import Concat
from nnlab.layers.conv_transpose2d import ConvTranspose2d
from nnlab.layers.max_pool2d import MaxPool2d
from nnlab.layers.resize import Resize
from nnlab.models.base import MODELS
from nnlab.models.graph import INPUT, Graph
from nnlab.models.images import ConvolutionalModel, Convolutions, add_map_heads

Size = tuple[int, int]
"""(height, width)"""


@MODELS.register
@dataclass(kw_only=True, eq=False)
class UNet(ConvolutionalModel):
    """Levels of two 3x3 convolutions, each half as large as the one before, and back up with what each level had seen.

    Down:  conv -> conv -> (kept for the way up) -> max-pool
    Up:    transposed convolution (twice as large, half the channels) -> beside what was kept -> conv -> conv;
           or made twice as large by straight lines between pixels, and a 3x3 convolution: no checkerboard
    Per head:  a 1x1 convolution, a value for each channel at every place; where a row is asked for (classes of a whole
               picture) its mean over all places

    With padding the map is as large as the image, whatever its size. Without, in the original's form, every convolution
    takes a pixel off each side, what was kept is cropped, and only some sizes fit (572 gives 388).

    Shapes:  x: (batch, height, width, channels); y, of each head: (batch, rows, columns, channels) or (batch, channels)
    Options:  base: channels of the first level; twice as many in each one below.  depth: levels.
    Raises:  UsageError: an image whose size does not fit, without padding: naming the next that do.
    Source:  Ronneberger, Fischer and Brox, "U-Net: convolutional networks for biomedical image segmentation", 2015.
    """

    also_called = ("Unet2d", "Segmenter")

    base: int = option(64, "channels of the first level; twice as many in each one below", low=1, high=4096)
    depth: int = option(5, "levels, each half as large as the one before", low=1, high=12)
    padding: Literal["same", "valid"] = option(
        "same", "whether convolutions keep the size, or take a pixel off each side"
    )
    up: Literal["transposed", "resize"] = option(
        "transposed", "how a level is made twice as large: by a transposed convolution, or resized and convolved"
    )
    batch_norm: bool = option(True, "normalise over the batch what convolutions give")

    def graph(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """down_1_conv_1, ..., down_1_pool, down_2_conv_1, ..., up_1_grown, up_1_joined, up_1_conv_1, ..., output."""
        graph, kept = Graph(), list[str]()
        if len(in_shape) == 3 and self.padding == "valid":
            self._refuse_size(in_shape)
        convolutions = self.convolutions(graph, batch_norm=self.batch_norm)
        last, sizes = INPUT, list[Size]()  # of what is kept, by level
        size: Size = (in_shape[0], in_shape[1]) if len(in_shape) == 3 else (0, 0)
        for level in range(1, self.depth + 1):
            last, size = self._twice(convolutions, f"down_{level}_", last, size, self.base * 2 ** (level - 1))
            if level < self.depth:
                kept.append(last)
                sizes.append(size)
                last, size = graph.add(f"down_{level}_pool", MaxPool2d(), last), (size[0] // 2, size[1] // 2)
        for level in range(self.depth - 1, 0, -1):
            last, size = self._up(convolutions, level, last, size, (kept[level - 1], sizes[level - 1]))
        add_map_heads(graph, heads, last, initializer=self.initializer)
        return graph

    def _twice(self, convolutions: Convolutions, names: str, last: str, size: Size, maps: int) -> tuple[str, Size]:
        """Two convolutions, and the size that they give."""
        for number in (1, 2):
            last = convolutions.unit(f"{names}{{}}_{number}", last, maps, padding=self.padding)
        lost = 4 if self.padding == "valid" else 0
        return last, (size[0] - lost, size[1] - lost)

    def _up(
        self, convolutions: Convolutions, level: int, last: str, size: Size, beside: tuple[str, Size]
    ) -> tuple[str, Size]:
        """One level up, and the size that it gives. Options:  beside: what was kept there, and its size."""
        graph, names, maps = convolutions.graph, f"up_{level}_", self.base * 2 ** (level - 1)
        kept, whole = beside
        odd = (whole[0] % 2, whole[1] % 2) if self.padding == "same" else (0, 0)
        grown = (2 * size[0] + odd[0], 2 * size[1] + odd[1])
        if self.up == "resize":
            last = graph.add(f"{names}grown", Resize(size=grown, mode="bilinear"), last)
            last = convolutions.conv(f"{names}mixed_{{}}", last, maps)
        else:
            up = ConvTranspose2d(
                maps=maps, kernel=2, stride=2, padding="valid", output_padding=odd, initializer=self.initializer
            )
            last = graph.add(f"{names}grown", up, last)
        if grown != whole:
            kept = graph.add(f"{names}cropped", CenterCrop(size=grown), kept)
        last = graph.add(f"{names}joined", Concat(), kept, last)
        return self._twice(convolutions, names, last, grown, maps)

    def _refuse_size(self, in_shape: Shape) -> None:
        """Raises UsageError: where a pool would leave a row over, or nothing would be left."""
        for n, side in zip(in_shape[:2], ("rows", "columns"), strict=True):
            if map_side(n, self.depth) is None:
                above = next(fit for fit in count(n) if map_side(fit, self.depth))
                below = next((fit for fit in range(n, 0, -1) if map_side(fit, self.depth)), None)
                fits = f"{below} or {above}" if below else f"{above}"
                what = f"images of {n} {side} do not come out of {self.depth} levels without padding"
                raise UsageError(what, where="UNet.padding", hint=f"use {fits} {side}, or --padding=same")

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """With padding, in the original's form, and resized on the way up."""
        small: dict[str, Any] = {"base": 2, "depth": 2}
        return (small, {**small, "padding": "valid", "batch_norm": False}, {**small, "up": "resize"})


def map_side(side: int, depth: int) -> int | None:
    """The rows of the map of an image of `side` rows, without padding; None where they do not come out whole."""
    for level in range(depth):
        if level:
            if side % 2:
                return None
            side //= 2
        side -= 4  # two convolutions
        if side < 1:
            return None
    for _ in range(depth - 1):
        side = 2 * side - 4
        if side < 1:
            return None
    return side
