"""A network from an ONNX file, to be trained further."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.core.component import option
from nnlab.core.errors import UsageError
from nnlab.core.types import Shape
from nnlab.models.base import Model
from nnlab.models.graph import Graph

if TYPE_CHECKING:
    from nnlab.onnx.network import OnnxNetwork


ONE_LAYER = "one_layer"
"""The model by default; where no file has this name it is made for the samples at hand."""


@dataclass(kw_only=True, eq=False)
class Onnx(Model):
    """What an ONNX file holds, as a model like any other: its stored weights are where training starts.

    A graph that ends in a softmax emits probabilities, any other is taken to emit logits. `one_layer`, where there is
    no file of this name, is a OneLayer for the samples and classes at hand: the first weights of model seed 0, as ONNX.

    Shapes:  x: (batch, *in_shape); y: (batch, classes)
    """

    onnx_model: str = option(ONE_LAYER, "the model: a name in the models path, or a path")
    models_path: str = option("models", "folder of models")

    def graph(self, in_shape: Shape, classes: int) -> Graph:
        """onnx: the whole file as one node."""
        network = self._network(in_shape, classes)
        graph = Graph(emits=network.emits)
        graph.add("onnx", network)
        outputs = network.out_sizes
        if outputs is not None and outputs != (classes,):
            raise UsageError(
                f"gives {' x '.join(map(str, outputs))} values a sample, and the dataset has {classes} classes",
                where=network.path,
                hint="choose a dataset of as many classes, in the same order",
            )
        return graph

    def _network(self, in_shape: Shape, classes: int) -> "OnnxNetwork":
        from nnlab.onnx.files import find_model, known_models  # onnx is imported when a file is to be read
        from nnlab.onnx.network import OnnxNetwork
        from nnlab.onnx.one_layer import one_layer

        if self.onnx_model == ONE_LAYER and ONE_LAYER not in known_models(self.models_path):
            return OnnxNetwork(path=ONE_LAYER, given=one_layer(in_shape, classes))
        return OnnxNetwork(path=str(find_model(self.onnx_model, self.models_path)))

    def fits(self) -> tuple[Shape, int] | None:
        """What the file says of its input and output; None where it leaves a size open."""
        from nnlab.onnx.files import known_models

        if self.onnx_model == ONE_LAYER and ONE_LAYER not in known_models(self.models_path):
            return None
        network = self._network((), 0)
        declared, classes = network.model.view.graph.inputs[0].shape, network.out_sizes
        sizes = tuple(size for size in (declared or ())[1:] if isinstance(size, int))
        if declared is None or len(sizes) != len(declared) - 1 or classes is None or len(classes) != 1:
            return None
        return ((*sizes[1:], sizes[0]) if len(sizes) == 3 else sizes), classes[0]
