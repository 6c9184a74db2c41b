"""One dense layer and a softmax, trained as one."""

from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.core.types import Shape
from nnlab.initializers.base import INITIALIZERS
from nnlab.layers.dense import Dense
from nnlab.layers.flatten import Flatten
from nnlab.models.base import MODELS, Model, Takes, named
from nnlab.models.graph import Graph


@MODELS.register
@dataclass(kw_only=True, eq=False)
class OneLayer(Model):
    """Softmax regression: p = softmax(x W + b)

    The softmax is fused with the cross-entropy: the graph ends at the logits, whose gradient is (p - target) / batch.

    Shapes:  x: (batch, *in_shape); W: (features, classes); b: (classes,); y: (batch, classes), logits
    """

    also_called = ("Linear", "Logistic", "LogisticRegression", "Softmax", "SoftmaxRegression", "Perceptron")

    initializer: str = option("GlorotNormal", "how weights are drawn at first")

    def __post_init__(self) -> None:
        super().__post_init__()
        named(INITIALIZERS, self.initializer, "OneLayer.initializer")

    def takes(self) -> Takes:
        """Either: images are flattened."""
        return "any"

    def graph(self, in_shape: Shape, classes: int) -> Graph:
        """flatten (where samples are images), output."""
        graph = Graph(emits="logits")
        if len(in_shape) > 1:
            graph.add("flatten", Flatten())
        graph.add("output", Dense(units=classes, initializer=self.initializer))
        return graph
