"""A network of inverted bottlenecks, small enough for telephones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.core.component import option
from nnlab.core.heads import Head
from nnlab.core.types import Shape
from nnlab.layers.global_average_pool import GlobalAveragePool
from nnlab.models.base import MODELS
from nnlab.models.graph import INPUT, Graph
from nnlab.models.images import ACTIVATION, ConvolutionalModel, add_row_heads
from nnlab.models.inverted_bottleneck import add_mobile, blocks_of
from nnlab.models.stages import STAGES, STAGES_FORM, Row, rounded, rows_of, scaled

ROWS = "3/1/1/16/1 3/6/2/24/2 3/6/2/32/3 3/6/2/64/4 3/6/1/96/3 3/6/2/160/3 3/6/1/320/1"


@MODELS.register
@dataclass(kw_only=True, eq=False)
class MobileNetV2(ConvolutionalModel):
    """A 3x3 convolution, seventeen inverted bottlenecks, a 1x1 convolution, the mean over all places, a dense layer.

    Shapes:  x: (batch, height, width, channels); y, of each head: (batch, channels), logits or values
    Source:  Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018, table 2.
    """

    also_called = ("MobileNet",)

    stages: str = option(ROWS, STAGES, metavar=STAGES_FORM)
    stem: int = option(32, "output channels of the first convolution", low=1)
    head: int = option(1280, "output channels of the last convolution", low=1)
    width: float = option(1.0, "factor of the maps of every layer, rounded to multiples of eight", above=0, high=100)
    activation: str = option("ReLU6", ACTIVATION)
    dropout_rate: float = option(0.2, "share of the features that are left out of each step", low=0, below=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.rows()

    def rows(self) -> tuple[Row, ...]:
        """The stages, as wide as they are to be."""
        return scaled(rows_of(self.stages, "MobileNetV2.stages"), self.width, 1.0, "eight")

    def graph(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """stem_conv, ..., stage_2_1_expand_conv, ..., head_conv, ..., global_pool, dropout, output."""
        graph = Graph()
        convolutions = self.convolutions(graph)
        maps = rounded(self.stem * self.width, "eight")
        last = convolutions.unit("stem_{}", INPUT, maps, stride=2)
        for block in blocks_of(self.rows(), maps):
            last = add_mobile(convolutions, block, last)
        last = convolutions.unit("head_{}", last, rounded(self.head * max(1.0, self.width), "eight"), 1)
        last = graph.add("global_pool", GlobalAveragePool(), last)
        add_row_heads(graph, heads, last, model="MobileNetV2", dropout=self.dropout_rate)
        return graph

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """As few and as narrow blocks as there can be."""
        return ({"stages": "3/2/1/2/1", "stem": 2, "head": 3, "width": 0.5},)
