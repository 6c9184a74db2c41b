"""A few convolutions and a dense layer: what one tries first on small images."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from nnlab.core.component import option
from nnlab.core.heads import Head
from nnlab.core.types import Shape
from nnlab.layers.dense import Dense
from nnlab.layers.dropout import Dropout
from nnlab.layers.flatten import Flatten
from nnlab.layers.global_average_pool import GlobalAveragePool
from nnlab.layers.max_pool2d import MaxPool2d
from nnlab.models.base import MODELS, activation_of
from nnlab.models.graph import INPUT, Graph
from nnlab.models.images import ConvolutionalModel, add_row_heads


@MODELS.register
@dataclass(kw_only=True, eq=False)
class SmallCnn(ConvolutionalModel):
    """The convolutional network of a beginner's course.

    Per width:         conv (padded to the same size) -> batch norm -> activation -> max pool
    Then:              flatten, or the mean over all places
    Per dense layer:   dense -> activation -> dropout
    Per head:          dense

    Three convolutions of 32 with BatchNorm on 32 x 32 colour images have 24,618 parameters for 10 classes. The form
    without BatchNorm, with one pooling at the end and two dense layers is
    `--no-batch-norm --pooling=last --dense=10`.

    Shapes:  x: (batch, height, width, channels); y, of each head: (batch, channels), logits or values
    Source:  LeCun et al., "Gradient-based learning applied to document recognition", 1998 (the form).
    """

    also_called = ("CNN", "ConvNet", "LeNet")

    widths: tuple[int, ...] = option((32, 32, 32), "output channels of each convolution", low=1)
    kernel: int = option(3, "rows and columns of every convolution's window", low=1, high=99)
    batch_norm: bool = option(True, "normalise over the batch what convolutions give")
    pooling: Literal["each", "last", "off"] = option("each", "after which convolutions images are made half as large")
    global_pooling: bool = option(
        False, "take each channel's mean over all places, instead of a weight for every place"
    )
    dense: tuple[int, ...] = option((), "units of dense layers before the last; empty for none", low=1)
    dropout_rate: float = option(0.0, "share of the values before each dense layer that are left out", low=0, below=1)

    def graph(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """conv_1, batch_norm_1, activation_1, pool_1, conv_2, ..., flatten (or global_pool), dense_1, ..., output."""
        graph, last = Graph(), INPUT
        convolutions = self.convolutions(graph, batch_norm=self.batch_norm)
        for i, maps in enumerate(self.widths, start=1):
            last = convolutions.unit(f"{{}}_{i}", last, maps, self.kernel, padding="same")
            if self.pooling == "each" or (self.pooling == "last" and i == len(self.widths)):
                last = graph.add(f"pool_{i}", MaxPool2d(), last)
        flat = ("global_pool", GlobalAveragePool()) if self.global_pooling else ("flatten", Flatten())
        last = graph.add(*flat, last)
        for i, units in enumerate(self.dense, start=1):
            if self.dropout_rate:
                last = graph.add(f"dropout_{i}", Dropout(rate=self.dropout_rate), last)
            last = graph.add(f"dense_{i}", Dense(units=units, initializer=self.initializer), last)
            last = graph.add(f"dense_activation_{i}", activation_of(self.activation, "SmallCnn.activation"), last)
        add_row_heads(graph, heads, last, model="SmallCnn", dropout=self.dropout_rate)
        return graph

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """The usual form, and that of the course."""
        return (
            {"widths": (3, 2)},
            {"widths": (2,), "batch_norm": False, "pooling": "last", "dense": (3,), "activation": "Tanh"},
            {"widths": (3,), "kernel": 2, "pooling": "off", "global_pooling": True, "dropout_rate": 0.3},
        )
