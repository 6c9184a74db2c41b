"""A convolutional network in the manner of transformers: few activations and norms, large depthwise windows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.core.component import option
from nnlab.core.errors import UsageError
from nnlab.core.heads import Head
from nnlab.core.types import Shape
from nnlab.layers.add import Add
from nnlab.layers.conv2d import Conv2d
from nnlab.layers.gelu import GELU
from nnlab.layers.global_average_pool import GlobalAveragePool
from nnlab.layers.layer_norm import LayerNorm
from nnlab.layers.layer_scale import LayerScale
from nnlab.layers.stochastic_depth import StochasticDepth
from nnlab.models.base import MODELS
from nnlab.models.graph import INPUT, Graph
from nnlab.models.images import WEIGHTS, ImageModel, add_row_heads, require_names

EPSILON = 1e-6
"""Of every LayerNorm."""

WIDER = 4
"""Times as many channels within a block."""


@MODELS.register
@dataclass(kw_only=True, eq=False)
class ConvNeXtTiny(ImageModel):
    """A stem of patches, stages of blocks, the mean over all places, LayerNorm, a dense layer for each head.

    Block:  y = x + gamma conv1x1 GELU conv1x1 LayerNorm depthwise7x7 x
    Stem:   patches of `patch` x `patch` pixels, each by one convolution, LayerNorm
    Between stages:  LayerNorm, and a 2x2 convolution of stride 2

    The first 1x1 convolution makes four times as many channels; gamma is a factor for each channel, all but 0 at first.

    Shapes:  x: (batch, height, width, channels); y, of each head: (batch, channels), logits or values
    Options:  widths, depths: channels and blocks of each stage. 40, 80 for two small ones on images of 32 x 32.
    Source:  Liu et al., "A ConvNet for the 2020s", 2022.
    """

    also_called = ("ConvNeXt",)

    widths: tuple[int, ...] = option((96, 192, 384, 768), "channels of each stage", low=2)
    depths: tuple[int, ...] = option((3, 3, 9, 3), "blocks of each stage", low=1)
    patch: int = option(4, "rows and columns of pixels that the first convolution makes one place of", low=1, high=99)
    kernel: int = option(7, "rows and columns of every depthwise convolution's window", low=1, high=99)
    stochastic_depth: float = option(0.1, "share of samples that skip the last block, less before it", low=0, below=1)
    initializer: str = option("GlorotNormal", WEIGHTS)

    def __post_init__(self) -> None:
        super().__post_init__()
        require_names(self, initializer=self.initializer)
        if len(self.widths) != len(self.depths) or not self.widths:
            what = f"there are {len(self.widths)} widths and {len(self.depths)} depths"
            raise UsageError(what, where="ConvNeXtTiny.widths", hint="give one of each for every stage")
        if self.kernel % 2 == 0:
            raise UsageError(f"{self.kernel} is even", where="ConvNeXtTiny.kernel", hint="use 3, 5 or 7")

    def graph(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """stem_conv, stem_norm, stage_1_1_depthwise, ..., stage_2_norm, stage_2_conv, ..., norm, output."""
        graph, done, blocks = Graph(), 0, sum(self.depths)
        last = self._conv(graph, "stem_conv", INPUT, self.widths[0], self.patch, stride=self.patch, padding="valid")
        last = self._norm(graph, "stem_norm", last)
        for stage, (width, depth) in enumerate(zip(self.widths, self.depths, strict=True), start=1):
            if stage > 1:
                last = self._norm(graph, f"stage_{stage}_norm", last)
                last = self._conv(graph, f"stage_{stage}_conv", last, width, 2, stride=2, padding="valid")
            for block in range(1, depth + 1):
                drop = self.stochastic_depth * done / max(1, blocks - 1)
                last, done = self._block(graph, f"stage_{stage}_{block}_", last, width, drop), done + 1
        last = graph.add("global_pool", GlobalAveragePool(), last)
        add_row_heads(graph, heads, self._norm(graph, "norm", last), model="ConvNeXtTiny")
        return graph

    def _block(self, graph: Graph, names: str, x: str, width: int, drop: float) -> str:
        last = self._conv(graph, f"{names}depthwise", x, width, self.kernel, padding=self.kernel // 2, groups=width)
        last = self._norm(graph, f"{names}norm", last)
        last = self._conv(graph, f"{names}wide", last, WIDER * width, 1, padding=0)
        last = graph.add(f"{names}activation", GELU(), last)
        last = self._conv(graph, f"{names}narrow", last, width, 1, padding=0)
        last = graph.add(f"{names}scale", LayerScale(), last)
        if drop:
            last = graph.add(f"{names}drop", StochasticDepth(rate=drop), last)
        return graph.add(f"{names}sum", Add(), last, x)

    def _conv(self, graph: Graph, name: str, read: str, maps: int, kernel: int, **options: Any) -> str:
        return graph.add(name, Conv2d(maps=maps, kernel=kernel, initializer=self.initializer, **options), read)

    @staticmethod
    def _norm(graph: Graph, name: str, read: str) -> str:
        return graph.add(name, LayerNorm(epsilon=EPSILON), read)

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Two narrow stages of a block each."""
        return ({"widths": (2, 3), "depths": (1, 1), "patch": 1, "kernel": 3},)
