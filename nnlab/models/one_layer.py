"""One dense layer and a softmax, trained as one."""

from collections.abc import Mapping
from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.core.heads import Head
from nnlab.core.types import Shape
from nnlab.initializers.base import INITIALIZERS
from nnlab.layers.dense import Dense
from nnlab.layers.flatten import Flatten
from nnlab.models.base import MODELS, Model, Takes, add_head, named, vector_heads
from nnlab.models.graph import INPUT, Graph


@MODELS.register
@dataclass(kw_only=True, eq=False)
class OneLayer(Model):
    """Softmax regression: p = softmax(x W + b); for heads of values linear regression, x W + b itself

    The softmax is fused with the cross-entropy: the graph ends at the logits, whose gradient is (p - target) / batch.

    Shapes:  x: (batch, *in_shape); W: (features, channels); b: (channels,); y, of each head: (batch, channels), logits
             of classes, or values
    """

    also_called = ("Linear", "Logistic", "LogisticRegression", "Softmax", "SoftmaxRegression", "Perceptron")

    initializer: str = option("GlorotNormal", "how weights are drawn at first")

    def __post_init__(self) -> None:
        super().__post_init__()
        named(INITIALIZERS, self.initializer, "OneLayer.initializer")

    def takes(self) -> Takes:
        """Either: images are flattened."""
        return "any"

    def graph(self, in_shape: Shape, heads: Mapping[str, Head]) -> Graph:
        """flatten (where samples are images), and a dense layer for each head."""
        graph = Graph()
        first = graph.add("flatten", Flatten()) if len(in_shape) > 1 else INPUT
        for name, head in vector_heads(heads, type(self).__name__).items():
            dense = Dense(units=head.channels, bias=head.kind != "vectors", initializer=self.initializer)
            add_head(graph, name, head, dense, first)
        return graph
