"""A small network that gives a map at a quarter of the image's size, of what is where."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.core.component import option
from nnlab.core.errors import UsageError
from nnlab.core.heads import Head
from nnlab.core.types import Shape
from nnlab.layers.add import Add
from nnlab.layers.conv2d import Conv2d
from nnlab.layers.resize import Resize
from nnlab.models.base import MODELS, add_head
from nnlab.models.graph import INPUT, Graph
from nnlab.models.images import ConvolutionalModel, Convolutions, add_map_heads

STRIDE = 4
"""Pixels of the image from one place of the map to the next."""

Size = tuple[int, int]
"""(height, width)"""


@MODELS.register
@dataclass(kw_only=True, eq=False)
class CentreNet(ConvolutionalModel):
    """Down to a quarter of the image, further down to see more of it, and back up: a map on which things are points.

    Stem:  two 3x3 convolutions with a stride of 2
    Level:  the first a 3x3 convolution, each below it one with a stride of 2 -> another, of twice the channels
    Up:  1x1 convolution of the level below -> as large as this one -> added to it
    Per head:  a 1x1 convolution behind a last 3x3 one, a value for each channel at every place;  where the map is to be
               as large as the image it is made larger, where a row is asked for it is the mean over all places

    Images may have any size: of a length of n pixels a map has ceil(n / 4).

    Shapes:  x: (batch, height, width, channels); y, of each head: (batch, rows, columns, channels) or (batch, channels)
    Options:  base: channels at a quarter of the size.  levels: of the way down from there.
    Raises:  UsageError: a head with a stride that is neither 4 nor 1.
    Source:  Zhou, Wang and Kraehenbuehl, "Objects as points", 2019 (the heads; theirs are larger networks);
             Lin et al., "Feature pyramid networks for object detection", 2017 (the way up).
    """

    also_called = ("CenterNet", "Detector", "ObjectsAsPoints")

    base: int = option(32, "channels at a quarter of the size; twice as many in each level below", low=2, high=4096)
    levels: int = option(3, "of the way down from a quarter, each half as large as the one before", low=1, high=8)
    batch_norm: bool = option(True, "normalise over the batch what convolutions give")

    def graph(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """stem_1_conv, ..., level_1_1_conv, ..., up_2_conv, up_2_grown, up_2, ..., last_conv, ..., and the heads."""
        graph = Graph()
        convolutions = self.convolutions(graph, batch_norm=self.batch_norm)
        image: Size = (in_shape[0], in_shape[1]) if len(in_shape) == 3 else (1, 1)  # a row is refused by the stem
        last = convolutions.unit("stem_1_{}", INPUT, self.base // 2, stride=2)
        last = convolutions.unit("stem_2_{}", last, self.base, stride=2)
        kept, sizes = list[str](), [halved(halved(image))]
        for level in range(self.levels):
            maps, stride = self.base * 2**level, 2 if level else 1
            last = convolutions.unit(f"level_{level + 1}_1_{{}}", last, maps, stride=stride)
            if level:
                last = convolutions.unit(f"level_{level + 1}_2_{{}}", last, maps)
                sizes.append(halved(sizes[-1]))
            kept.append(last)
        for level in range(self.levels - 1, 0, -1):
            last = self._up(convolutions, level, last, (kept[level - 1], sizes[level - 1]))
        last = convolutions.unit("last_{}", last, self.base)
        self._add_heads(graph, heads, last, image)
        return graph

    def _up(self, convolutions: Convolutions, level: int, last: str, above: tuple[str, Size]) -> str:
        """One level up. Options:  above: what was kept there, and its size."""
        kept, size = above
        last = convolutions.unit(f"up_{level}_{{}}", last, self.base * 2 ** (level - 1), 1)
        grown = convolutions.graph.add(f"up_{level}_grown", Resize(size=size), last)
        return convolutions.graph.add(f"up_{level}", Add(), kept, grown)

    def _add_heads(self, graph: Graph, heads: Mapping[str, Head], last: str, image: Size) -> None:
        """Heads of a map at a quarter of the size, of one of the image's size, and of a row."""
        for name, head in heads.items():
            if len(head.shape) != 3 or head.stride == STRIDE:
                add_map_heads(graph, {name: head}, last, initializer=self.initializer)
                continue
            if head.stride not in (None, 1):
                what = f"gives a place for every {STRIDE} pixels, or for every one, and the task asks for {head.stride}"
                hint = f"choose a stride of {STRIDE} or 1 for the task, or another model"
                raise UsageError(what, where=f"head {name!r}", hint=hint)
            small = Conv2d(maps=head.channels, kernel=1, padding="valid", initializer=self.initializer)
            read, grow = graph.add(f"{name}_small", small, last), Resize(size=image, mode="bilinear")
            add_head(graph, name, head, grow, read)

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """A small one, and the smallest."""
        return ({"base": 4, "levels": 2}, {"base": 2, "levels": 1, "batch_norm": False})


def halved(size: Size) -> Size:
    """What a stride of 2 leaves of it."""
    return -(-size[0] // 2), -(-size[1] // 2)
