"""A network of small U-Nets, each a block of a large one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from nnlab.core.component import option
from nnlab.core.errors import UsageError
from nnlab.core.heads import Head
from nnlab.core.types import Shape
from nnlab.layers.add import Add
from nnlab.layers.concat import Concat
from nnlab.layers.conv2d import Conv2d
from nnlab.layers.max_pool2d import MaxPool2d
from nnlab.layers.resize import Resize
from nnlab.models.base import MODELS
from nnlab.models.graph import INPUT, Graph
from nnlab.models.images import ConvolutionalModel, Convolutions, add_map_heads

Size = tuple[int, int]
"""(height, width)"""


@dataclass(frozen=True)
class Place:
    """What a node gives: its name, and how large its images are."""

    name: str
    size: Size


@MODELS.register
@dataclass(kw_only=True, eq=False)
class U2NetP(ConvolutionalModel):
    """A U of six stages, each of them a U: residual blocks that look near and far at once. U2-Net's small form.

    Block of height h:  conv to `maps`; down h - 2 times (conv, max-pool), a dilated conv, and up again, each conv
                        beside what its level had seen; added to the first conv
    Stages:  blocks of heights 7, 6, 5, 4, then two whose convolutions are dilated by 1, 2, 4, 8 in place of pools; and
             back up, each beside what its stage had given
    Per head:  a 3x3 convolution behind every stage on the way up, and the deepest; each enlarged to the image's size,
               and a 1x1 convolution of all of them together

    conv is a 3x3 convolution with a bias, BatchNorm and activation. A map is as large as the image, whatever its size;
    where a row is asked for (classes of a whole picture) it is the map's mean over all places.

    Shapes:  x: (batch, height, width, channels); y, of each head: (batch, height, width, channels) or (batch, channels)
    Options:  maps, inner: output channels of blocks, and of the convolutions within.  heights: of the blocks that pool.
    Source:  Qin et al., "U2-Net: going deeper with nested U-structure for salient object detection", 2020, table 1 and
             figure 2 (U2-Net's small form has 64 and 16 everywhere).
    """

    also_called = ("U2Net", "Rembg")

    maps: int = option(64, "output channels of every block", low=1, high=4096)
    inner: int = option(16, "output channels of the convolutions within blocks", low=1, high=4096)
    heights: tuple[int, ...] = option((7, 6, 5, 4), "heights of the blocks that pool, from the first", low=2, high=12)
    dilated: int = option(2, "blocks that dilate in place of pooling, after those", low=1, high=8)
    dilations: tuple[int, ...] = option((1, 2, 4, 8), "of the convolutions of such a block", low=1, high=99)

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.dilations) < 2:
            given = ",".join(map(str, self.dilations)) or "none"
            raise UsageError(f"are two or more, got {given}", where="U2NetP.dilations", hint="such as 1,2,4,8")

    def graph(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """stage_1_first_conv, ..., stage_1_pool, ..., up_1_first_conv, ..., output_side_1, ..., output."""
        graph = Graph()
        convolutions = self.convolutions(graph)
        size: Size = (in_shape[0], in_shape[1]) if len(in_shape) == 3 else (1, 1)
        last, kept = Place(INPUT, size), list[Place]()
        heights: tuple[int | None, ...] = (*self.heights, *[None] * self.dilated)
        for number, height in enumerate(heights, start=1):
            kept.append(self._block(convolutions, f"stage_{number}_", last, height))
            if number < len(heights):
                last = _halved(graph, f"stage_{number}_pool", kept[-1])
        last = kept.pop()
        given = [last]
        for number in range(len(kept), 0, -1):
            beside = kept[number - 1]
            joined = _joined(graph, f"up_{number}_", last, beside)
            last = self._block(convolutions, f"up_{number}_", joined, heights[number - 1])
            given.append(last)
        for name, head in heads.items():
            self._add_head(graph, name, head, given[::-1], size)
        return graph

    def _block(self, convolutions: Convolutions, names: str, x: Place, height: int | None) -> Place:
        """A small U. Options:  height: how many convolutions it goes down; None: by dilations, without pooling."""
        first = self._conv(convolutions, f"{names}first_{{}}", x, self.maps)
        last, kept = first, list[Place]()
        dilations = self.dilations if height is None else (*[1] * (height - 1), 2)
        for level, dilation in enumerate(dilations, start=1):
            last = self._conv(convolutions, f"{names}{{}}_{level}", last, self.inner, dilation)
            kept.append(last)
            if height is not None and level < height - 1:
                last = _halved(convolutions.graph, f"{names}pool_{level}", last)
        kept.pop()
        for level in range(len(kept), 0, -1):
            joined = _joined(convolutions.graph, f"{names}back_{level}_", last, kept[level - 1])
            maps, dilation = self.inner if level > 1 else self.maps, dilations[level - 1]
            last = self._conv(convolutions, f"{names}back_{{}}_{level}", joined, maps, dilation)
        return replace(last, name=convolutions.graph.add(f"{names}sum", Add(), last.name, first.name))

    def _conv(self, convolutions: Convolutions, names: str, x: Place, maps: int, dilation: int = 1) -> Place:
        name = convolutions.unit(names, x.name, maps, bias=True, dilation=dilation, padding=dilation)
        return replace(x, name=name)

    def _add_head(self, graph: Graph, name: str, head: Head, given: list[Place], size: Size) -> None:
        """Of what every stage gives, the largest first."""
        sides = []
        for number, place in enumerate(given, start=1):
            conv = Conv2d(maps=head.channels, padding=1, initializer=self.initializer)
            side = replace(place, name=graph.add(f"{name}_side_{number}", conv, place.name))
            sides.append(_as_large(graph, f"{name}_side_{number}_whole", side, size).name)
        joined = graph.add(f"{name}_sides", Concat(), *sides)
        add_map_heads(graph, {name: head}, joined, initializer=self.initializer)

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """The lowest and narrowest blocks."""
        return ({"maps": 2, "inner": 1, "heights": (2,), "dilated": 1, "dilations": (1, 2), "activation": "Tanh"},)


def _halved(graph: Graph, name: str, x: Place) -> Place:
    """Half as large, an odd row kept."""
    size = (-(-x.size[0] // 2), -(-x.size[1] // 2))
    return Place(graph.add(name, MaxPool2d(ceil_mode=True), x.name), size)


def _as_large(graph: Graph, name: str, x: Place, size: Size) -> Place:
    """x made as large as `size` by straight lines between its pixels."""
    return x if x.size == size else Place(graph.add(name, Resize(size=size, mode="bilinear"), x.name), size)


def _joined(graph: Graph, names: str, x: Place, beside: Place) -> Place:
    """x, made as large as `beside`, and `beside`."""
    grown = _as_large(graph, f"{names}grown", x, beside.size)
    return Place(graph.add(f"{names}joined", Concat(), grown.name, beside.name), beside.size)
