"""Any number of dense layers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.core.component import option
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.types import Shape
from nnlab.initializers.base import INITIALIZERS
from nnlab.layers.base import Layer
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.dense import Dense
from nnlab.layers.dropout import Dropout
from nnlab.layers.flatten import Flatten
from nnlab.layers.softmax import Softmax
from nnlab.models.base import MODELS, MOMENTUM, Model, Takes, activation_of, add_head, named, vector_heads
from nnlab.models.graph import INPUT, Graph


@MODELS.register
@dataclass(kw_only=True, eq=False)
class NLayers(Model):
    """A multilayer perceptron.

    Per hidden layer:  dense -> batch norm -> activation -> dropout
    Per head:          dense -> batch norm -> softmax, without the last batch norm with `output_batch_norm` off
    For values:        dense -> rescale; normalised, they would have the mean and the spread of a batch

    With no hidden layer, no batch norm and a bias it is OneLayer, its weights included, the softmax and the
    cross-entropy differentiated one after the other instead of together (together too with `fused`).

    Shapes:  x: (batch, *in_shape); y, of each head: (batch, channels), probabilities (logits when fused), or values
    """

    also_called = ("MLP", "DNN", "Dense", "FullyConnected", "FeedForward")

    layers: tuple[int, ...] = option((100,), "units of each hidden layer; empty for none", low=1)
    activation: str = option("LeakyReLU", "the layer that follows each hidden dense layer")
    activation_options: dict[str, Any] = option({}, 'options of that layer, such as {"alpha":0.2}')
    batch_norm: bool = option(True, "normalise over the batch what dense layers give")
    output_batch_norm: bool = option(
        True, "whether the output layer's values are normalised too; with small minibatches, better not"
    )
    batch_norm_momentum: float = option(0.9, MOMENTUM, low=0, high=1)
    bias: bool | None = option(None, "whether dense layers have a bias; none: where no batch norm follows")
    dropout_rate: float = option(0.0, "share of a hidden layer's units that are left out of each step", low=0, below=1)
    initializer: str = option("GlorotNormal", "how weights are drawn at first")
    fused: bool = option(False, "differentiate softmax and cross-entropy together, as OneLayer does")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._activation()  # wrong names are said now, not when the data has been read
        named(INITIALIZERS, self.initializer, "NLayers.initializer")

    def takes(self) -> Takes:
        """Either: images are flattened."""
        return "any"

    def graph(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """flatten (where samples are images), dense_1, batch_norm_1, activation_1, dropout_1, dense_2, ..., output,
        output_batch_norm, softmax."""
        graph = Graph()
        last = graph.add("flatten", Flatten()) if len(in_shape) > 1 else INPUT
        for i, units in enumerate(self.layers, start=1):
            last = graph.add(f"dense_{i}", self._dense(units, normalised=self.batch_norm))
            if self.batch_norm:
                last = graph.add(f"batch_norm_{i}", BatchNorm(momentum=self.batch_norm_momentum))
            last = graph.add(f"activation_{i}", self._activation())
            if self.dropout_rate:
                last = graph.add(f"dropout_{i}", Dropout(rate=self.dropout_rate))
        for name, head in vector_heads(heads, type(self).__name__).items():
            self._add_head(graph, name, head, last)
        return graph

    def _add_head(self, graph: Graph, name: str, head: Head, last: str) -> None:
        """The layers of one head, behind those that all heads share."""
        of = "" if name == OUTPUT else f"{name}_"
        if head.kind != "classes" or head.of is not None:
            add_head(graph, name, head, self._dense(head.channels, normalised=head.kind == "vectors"), last)
            return
        normalised = self.batch_norm and self.output_batch_norm
        end = graph.add(name, self._dense(head.channels, normalised=normalised), last)
        if normalised:
            end = graph.add(f"{name}_batch_norm", BatchNorm(momentum=self.batch_norm_momentum))
        if not self.fused:
            end = graph.add(f"{of}softmax", Softmax())
        graph.head(name, end, emits="logits" if self.fused else "probabilities")

    def _dense(self, units: int, *, normalised: bool) -> Dense:
        bias = not normalised if self.bias is None else self.bias
        return Dense(units=units, bias=bias, initializer=self.initializer)

    def _activation(self) -> Layer:
        return activation_of(self.activation, "NLayers.activation", self.activation_options)

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Each choice both ways."""
        return (
            {"layers": (6,)},
            {"layers": (6, 5), "batch_norm": False, "activation": "Tanh"},
            {"layers": (6, 5), "bias": True, "dropout_rate": 0.3, "initializer": "Kaiming"},
            {"layers": (), "batch_norm": False},
            {"layers": (6,), "output_batch_norm": False},
            {"layers": (6,), "fused": True, "batch_norm_momentum": 0.5, "activation_options": {"alpha": 0.2}},
        )
