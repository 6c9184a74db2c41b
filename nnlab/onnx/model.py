"""A network from an ONNX file, to be trained further."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.core.component import option
from nnlab.core.errors import UsageError
from nnlab.core.types import Shape
from nnlab.models.base import Model
from nnlab.models.graph import Graph


@dataclass(kw_only=True, eq=False)
class Onnx(Model):
    """What an ONNX file holds, as a model like any other: its stored weights are where training starts.

    A graph that ends in a softmax emits probabilities, any other is taken to emit logits.

    Shapes:  x: (batch, *in_shape); y: (batch, classes)
    """

    onnx_model: str = option("one_layer", "the model: a name in the models path, or a path")
    models_path: str = option("models", "folder of models")

    def graph(self, in_shape: Shape, classes: int) -> Graph:
        """onnx: the whole file as one node."""
        from nnlab.onnx.files import find_model  # onnx is imported when a file is to be read
        from nnlab.onnx.network import OnnxNetwork

        path = find_model(self.onnx_model, self.models_path)
        network = OnnxNetwork(path=str(path))
        graph = Graph(emits=network.emits)
        graph.add("onnx", network)
        outputs = network.out_sizes
        if outputs is not None and outputs != (classes,):
            raise UsageError(
                f"gives {' x '.join(map(str, outputs))} values a sample, and the dataset has {classes} classes",
                where=str(path),
                hint="choose a dataset of as many classes, in the same order",
            )
        return graph

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """None: a model of this kind needs its file."""
        return ()
