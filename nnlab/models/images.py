"""What networks of images are made of: a convolution with what follows it, and the heads behind the last."""

from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.core.component import option
from nnlab.core.errors import UsageError
from nnlab.core.heads import Head
from nnlab.initializers.base import INITIALIZERS
from nnlab.layers.base import Layer
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.conv2d import Conv2d
from nnlab.layers.dense import Dense
from nnlab.layers.dropout import Dropout
from nnlab.layers.global_average_pool import GlobalAveragePool
from nnlab.models.base import MOMENTUM, Model, Takes, activation_of, add_head, named, vector_heads
from nnlab.models.graph import Graph

WEIGHTS = "how weights are drawn at first"
ACTIVATION = "the layer that follows each convolution"
"""What options say that several models have."""


@dataclass(kw_only=True, eq=False)
class ImageModel(Model, ABC):
    """A network of images (height, width, channels)."""

    def takes(self) -> Takes:
        """Images."""
        return "images"


@dataclass(kw_only=True, eq=False)
class ConvolutionalModel(ImageModel, ABC):
    """A network whose convolutions are all followed by the same."""

    activation: str = option("ReLU", ACTIVATION)
    batch_norm_momentum: float = option(0.9, MOMENTUM, low=0, high=1)
    initializer: str = option("Kaiming", WEIGHTS)

    def __post_init__(self) -> None:
        super().__post_init__()
        require_names(self, activation=self.activation, initializer=self.initializer)

    def convolutions(self, graph: Graph, *, batch_norm: bool = True) -> "Convolutions":
        """What adds them to a graph."""
        return Convolutions(
            graph=graph,
            activation=self.activation,
            batch_norm=batch_norm,
            momentum=self.batch_norm_momentum,
            initializer=self.initializer,
        )


@dataclass(frozen=True, kw_only=True)
class Convolutions:
    """Adds convolutions to a graph, each with the BatchNorm and the activation that all of this network's have.

    conv -> batch norm -> activation

    Names have a gap for what a node is: "stem_{}" makes stem_conv, stem_batch_norm and stem_activation.

    Options:  activation: a layer's name.  batch_norm: whether there is one; without it convolutions have a bias.
              momentum, epsilon: of BatchNorm.  initializer: of weights.
    """

    graph: Graph
    activation: str = "ReLU"
    batch_norm: bool = True
    momentum: float = 0.9
    epsilon: float = 1e-5
    initializer: str = "Kaiming"

    def conv(self, names: str, read: str, maps: int, kernel: int = 3, **options: Any) -> str:
        """A convolution alone, with kernel // 2 zeros on every side unless `options` say otherwise."""
        given = {"padding": kernel // 2, "initializer": self.initializer, **options}
        return self.graph.add(names.format("conv"), Conv2d(maps=maps, kernel=kernel, **given), read)

    def unit(self, names: str, read: str, maps: int, kernel: int = 3, *, activated: bool = True, **options: Any) -> str:
        """A convolution and what follows it."""
        last = self.conv(names, read, maps, kernel, **{"bias": not self.batch_norm, **options})
        if self.batch_norm:
            last = self.norm(names, last)
        return self.activate(names, last) if activated else last

    def norm(self, names: str, read: str) -> str:
        """A BatchNorm alone."""
        return self.graph.add(names.format("batch_norm"), BatchNorm(momentum=self.momentum, epsilon=self.epsilon), read)

    def activate(self, names: str, read: str) -> str:
        """An activation alone."""
        return self.graph.add(names.format("activation"), activation_of(self.activation, "activation"), read)


def require_names(model: Model, **names: str) -> None:
    """Raises UsageError: naming the option, where its activation or its initializer is none: before there is data."""
    what = type(model).__name__
    if "activation" in names:
        activation_of(names["activation"], f"{what}.activation")
    if "initializer" in names:
        named(INITIALIZERS, names["initializer"], f"{what}.initializer")


def add_row_heads(graph: Graph, heads: Mapping[str, Head], last: str, *, model: str, dropout: float = 0.0) -> None:
    """A dense layer for each head, behind a row of features: logits of classes, values, or vectors.

    Options:  model: its name, for what is said of a head that asks for a map.  dropout: share of the features that are
              left out of each step.
    """
    if dropout:
        last = graph.add("dropout", Dropout(rate=dropout), last)
    for name, head in vector_heads(heads, model).items():
        add_head(graph, name, head, Dense(units=head.channels, bias=head.kind != "vectors"), last)


def add_map_heads(graph: Graph, heads: Mapping[str, Head], last: str, *, initializer: str) -> None:
    """A 1x1 convolution for each head, behind a map of features: logits of classes, or values, at every place.

    Where a head asks for one row a sample, what all places say is averaged.

    Raises:  UsageError: a head of neither places nor a row.
    """
    for name, head in heads.items():
        layer: Layer = Conv2d(maps=head.channels, kernel=1, padding="valid", initializer=initializer)
        read = last
        if len(head.shape) == 1 and head.of is None:
            read, layer = graph.add(f"{name}_map", layer, last), GlobalAveragePool()
        elif len(head.shape) != 3 and head.of is None:
            raise UsageError(
                "gives a map of rows and columns, or one row of values a sample, and the task asks for neither",
                where=f"head {name!r}",
                hint="choose another model",
            )
        add_head(graph, name, head, layer, read)
