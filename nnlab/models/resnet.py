"""Residual networks: every block adds what it has found to what it was given."""

from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from nnlab.core.component import option
from nnlab.core.errors import UsageError
from nnlab.core.heads import Head
from nnlab.core.types import Shape
from nnlab.layers.add import Add
from nnlab.layers.global_average_pool import GlobalAveragePool
from nnlab.layers.max_pool2d import MaxPool2d
from nnlab.models.base import MODELS
from nnlab.models.graph import INPUT, Graph
from nnlab.models.images import ConvolutionalModel, Convolutions, add_row_heads

WIDTHS = (64, 128, 256, 512)
"""Maps of the four stages; the first is the stem's too."""


@dataclass(kw_only=True, eq=False)
class ResNet(ConvolutionalModel, ABC):
    """A stem, four stages of residual blocks, the mean over all places, a dense layer for each head.

    Basic block:       y = act(x + BN conv3x3 act BN conv3x3 x)
    Bottleneck block:  y = act(x + BN conv1x1 act BN conv3x3 act BN conv1x1 x), the last of 4 times as many maps

    The first block of every stage but the first halves the image: its first 3x3 convolution has stride 2 (torchvision's
    form; in the paper it is a bottleneck's first 1x1). Where a block's shape changes, a 1x1 convolution with BatchNorm
    stands for x. The usual stem is a 7x7 convolution of stride 2 and a max-pool of stride 2; the small one, for images
    of some 32 x 32, is a 3x3 convolution of stride 1.

    Shapes:  x: (batch, height, width, channels); y, of each head: (batch, channels), logits or values
    Source:  He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2016, table 1 and section 4.2.
    """

    depths: ClassVar[tuple[int, int, int, int]]
    """Blocks of each stage."""
    expansion: ClassVar[int] = 1
    """Maps that a block gives for one within it: 4 in bottlenecks."""

    stem: Literal["usual", "small"] = option("usual", "first layers: for photos, or for images of some 32 x 32")
    blocks: tuple[int, ...] | None = option(
        None, "blocks of each stage, of which 4 at most; none: the model's own", low=1
    )
    width: float = option(1.0, "factor of the maps of every layer", above=0, high=100)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.blocks is not None and not 1 <= len(self.blocks) <= len(WIDTHS):
            where = f"{type(self).__name__}.blocks"
            raise UsageError(f"has {len(self.blocks)} stages", where=where, hint="give 1 to 4 numbers, such as 2,2,2,2")

    def graph(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """stem_conv, ..., stage_1_1_conv_1, ..., stage_1_1_sum, ..., global_pool, output."""
        graph = Graph()
        convolutions = self.convolutions(graph)
        widths = [max(1, round(width * self.width)) for width in WIDTHS]
        last, channels = self._stem(convolutions, widths[0]), widths[0]
        for stage, (blocks, maps) in enumerate(zip(self.blocks or self.depths, widths, strict=False), start=1):
            for number in range(1, blocks + 1):
                names, stride = f"stage_{stage}_{number}_", 2 if stage > 1 and number == 1 else 1
                same = stride == 1 and channels == maps * self.expansion
                last = self._block(convolutions, names, last, maps, stride=stride, same=same)
                channels = maps * self.expansion
        last = graph.add("global_pool", GlobalAveragePool(), last)
        add_row_heads(graph, heads, last, model=type(self).__name__)
        return graph

    def _stem(self, convolutions: Convolutions, maps: int) -> str:
        if self.stem == "small":
            return convolutions.unit("stem_{}", INPUT, maps)
        last = convolutions.unit("stem_{}", INPUT, maps, 7, stride=2)
        return convolutions.graph.add("stem_pool", MaxPool2d(kernel=3, stride=2, padding=1), last)

    def _block(self, convolutions: Convolutions, names: str, x: str, maps: int, *, stride: int, same: bool) -> str:
        """One residual block. Options:  same: whether it gives the shape that it takes."""
        wide = maps * self.expansion
        if self.expansion > 1:
            last = convolutions.unit(f"{names}{{}}_1", x, maps, 1)
            last = convolutions.unit(f"{names}{{}}_2", last, maps, 3, stride=stride)
            last = convolutions.unit(f"{names}{{}}_3", last, wide, 1, activated=False)
        else:
            last = convolutions.unit(f"{names}{{}}_1", x, maps, 3, stride=stride)
            last = convolutions.unit(f"{names}{{}}_2", last, maps, 3, activated=False)
        if not same:
            x = convolutions.unit(f"{names}shortcut_{{}}", x, wide, 1, stride=stride, activated=False)
        last = convolutions.graph.add(f"{names}sum", Add(), last, x)
        return convolutions.activate(f"{names}{{}}", last)

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Narrow and with few blocks: a check looks at every weight."""
        return ({"blocks": (1,), "width": 0.03, "stem": "small"},)


@MODELS.register
@dataclass(kw_only=True, eq=False)
class ResNet18(ResNet):
    """A residual network of 18 layers, in basic blocks: 11.7 million parameters for 1000 classes."""

    also_called = ("ResNet",)
    depths = (2, 2, 2, 2)

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Both stems, and a stage that halves."""
        return (
            {"blocks": (1, 1), "width": 0.03, "stem": "small"},
            {"blocks": (2,), "width": 0.03, "activation": "Tanh"},
        )


@MODELS.register
@dataclass(kw_only=True, eq=False)
class ResNet34(ResNet):
    """A residual network of 34 layers, in basic blocks: 21.8 million parameters for 1000 classes."""

    also_called = ("ResNet",)
    depths = (3, 4, 6, 3)


@MODELS.register
@dataclass(kw_only=True, eq=False)
class ResNet50(ResNet):
    """A residual network of 50 layers, in bottleneck blocks: 25.6 million parameters for 1000 classes."""

    also_called = ("ResNet",)
    depths, expansion = (3, 4, 6, 3), 4


@MODELS.register
@dataclass(kw_only=True, eq=False)
class ResNet101(ResNet):
    """A residual network of 101 layers, in bottleneck blocks: 44.5 million parameters for 1000 classes."""

    also_called = ("ResNet",)
    depths, expansion = (3, 4, 23, 3), 4


@MODELS.register
@dataclass(kw_only=True, eq=False)
class ResNet152(ResNet):
    """A residual network of 152 layers, in bottleneck blocks: 60.2 million parameters for 1000 classes."""

    also_called = ("ResNet",)
    depths, expansion = (3, 8, 36, 3), 4
