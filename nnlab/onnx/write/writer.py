"""A network's nodes as ONNX nodes: every layer written by its translation, under the names that it has here."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from onnx import helper

from nnlab import __version__
from nnlab.core.errors import UsageError
from nnlab.core.types import Shape
from nnlab.models.graph import INPUT, Graph, Node
from nnlab.onnx.file.surgery import prune
from nnlab.onnx.train.network import OnnxNetwork
from nnlab.onnx.write.building import Building, Declared
from nnlab.onnx.write.decodings.base import Decoding, Given
from nnlab.onnx.write.imported import inside
from nnlab.onnx.write.layers import ONNX_LAYERS, Place
from nnlab.onnx.write.outputs import HeadOutput, Softmax, Written
from nnlab.onnx.write.preparation import IMAGE, Preparation, prepared
from nnlab.tasks.base import Task

OLDEST_IR = 7
"""The form of the file itself: older ones list stored values among the inputs."""


class Writer:
    """Writes a network's nodes in their order.

    Options:  building: takes the nodes.  preparation: of images, which is written in front; None for samples.
    """

    def __init__(self, network: Graph, building: Building, preparation: Preparation | None):
        self.network, self.building, self.preparation = network, building, preparation
        self.outputs: dict[str, str] = {}
        self.images = len(network.in_shape) == 3
        self._raw, self._plain = INPUT, False
        layer = network.nodes[0].layer
        if len(network.nodes) == 1 and isinstance(layer, OnnxNetwork):
            self._name(layer)

    def _name(self, layer: OnnxNetwork) -> None:
        """A network that is all there is keeps its own names, that of its input where it takes what is given."""
        sizes, order = layer.layout(self.network.in_shape)
        graph = layer.model.view.proto.graph
        taken = {name for node in graph.node for name in (*node.input, *node.output)}
        if self.preparation is not None:
            self._plain = IMAGE not in taken
            return
        self._plain = True
        direct = sizes == self.network.in_shape and bool(order) == self.images
        self._raw = layer.input if direct else next(n for n in (INPUT, "samples", "rows") if n not in taken)

    def model(self, softmax: Softmax, reading: tuple[Task, Decoding] | None) -> Written:
        """The whole."""
        given = self._given()
        for node in self.network.nodes:
            self.outputs[node.name] = self._node(node)
        heads = self._heads(given.name, softmax)
        decoded = self._decoded(heads, *reading) if reading else ()
        outputs = [Declared(head.name, self.building.dtype, self._shape(name)) for name, head in heads.items()]
        graph = self.building.graph("nnlab", given, *outputs, *decoded)
        prune(graph)
        opsets = {"": self.building.opset} | self.building.opsets
        imports = [helper.make_opsetid(domain, version) for domain, version in opsets.items()]
        proto = helper.make_model(
            graph,
            opset_imports=imports,
            ir_version=max(OLDEST_IR, helper.find_min_ir_version_for(imports)),
            producer_name="nnlab",
            producer_version=__version__,
        )
        return Written(proto, heads, decoded)

    def _heads(self, given: str, softmax: Softmax) -> dict[str, HeadOutput]:
        """The outputs of the heads; several have the heads' names."""
        several = len(self.network.heads) > 1
        found: dict[str, str] = {}
        for name, outlet in self.network.heads.items():
            y, of = self.outputs[outlet.node], f"{name}/" if several else ""
            if name in softmax.adds:
                y = self.building.add("Softmax", y, name=f"{of}probabilities", axis=len(self._shape(name)))
            if name in softmax.removes:
                y = self._before_softmax(y)
            if y == given or y in found.values():  # a network that does nothing in evaluation; two heads of one node
                y = self.building.add("Identity", y, name=f"{of}output")
            found[name] = y
        if several:
            for name, y in found.items():  # in two turns, lest one takes the name that another still has
                self.building.rename(y, f"{name}/head")
            for name in found:
                self.building.rename(f"{name}/head", name)
        outlets = self.network.heads.items()
        logits = {
            name: (o.emits == "logits" and name not in softmax.adds) or name in softmax.removes for name, o in outlets
        }
        return {name: HeadOutput(name if several else y, logits[name]) for name, y in found.items()}

    def _decoded(self, heads: Mapping[str, HeadOutput], task: Task, decoding: Decoding) -> Sequence[Declared]:
        """What the task makes of the heads, which it reads as probabilities or values."""
        read = {}
        for name, head in heads.items():
            y, shape = head.name, self._shape(name)
            if head.logits:
                y = self.building.add("Softmax", y, name=f"{y}/read", axis=len(shape))
            read[name] = Given(y, shape)
        return tuple(decoding.written(task, read, self.building))

    def _shape(self, head: str) -> Shape:
        return self.network.out_shapes[head]

    def _before_softmax(self, y: str) -> str:
        (last,) = (node for node in self.building.nodes if y in node.output)
        if last.op_type != "Softmax":
            raise UsageError("the network does not end in a softmax that can be left out", where="--no-softmax")
        return str(last.input[0])

    def _given(self) -> Declared:
        """The declaration of the input; what layers read is made ready."""
        if self.preparation is None:
            sample = self.network.in_shape
            shape = (sample[2], *sample[:2]) if self.images else sample
            self.outputs[INPUT] = self._raw
            return Declared(self._raw, self.building.dtype, shape)
        x = prepared(self.preparation, self.building)
        if not self.images:
            x = self.building.add("Flatten", x, name=f"{IMAGE}/flattened", axis=1)
        self.outputs[INPUT] = x
        return Declared(IMAGE, np.uint8, self.preparation.shape)

    def _node(self, node: Node) -> str:
        shapes = tuple(self.network.shapes[name] for name in node.inputs)
        if isinstance(node.layer, OnnxNetwork):
            return self._imported(node.name, node.layer, node.inputs[0], shapes[0])
        own = {field: kept.value for field, kept in self.network.own(node.name).items()}
        place = Place(self.building, node.name, shapes, own)
        return ONNX_LAYERS.of(type(node.layer))(node.layer, place, *map(self._samples, node.inputs))

    def _samples(self, name: str) -> str:
        """What a node reads, its axes as they are here: images that are given are (channels, height, width)."""
        x = self.outputs[name]
        if x != self._raw or not self.images or self.preparation is not None:
            return x
        ready = f"{x}/channels_last"
        if all(ready not in node.output for node in self.building.nodes):
            self.building.add("Transpose", x, name=ready, perm=[0, 2, 3, 1])
        return ready

    def _imported(self, name: str, layer: OnnxNetwork, reads: str, shape: Shape) -> str:
        """The nodes of a graph from a file, as they are there, with the values that were learnt."""
        x = self._as_given(name, layer, reads, shape)
        graph = inside(layer, "" if self._plain else f"{name}/", self.building.dtype)
        if x != graph.input:
            self.building.add("Identity", x, name=graph.input)
        for stored, value in graph.stored.items():
            self.building.store(stored, value, value.dtype)
        self.building.nodes += graph.nodes
        self.building.opsets |= {d: v for d, v in layer.model.view.opsets.items() if d}
        if layer.tried(shape).y.ndim > 2:  # 10 x 1 x 1
            return self.building.add("Flatten", graph.output, name=f"{name}/flattened", axis=1)
        return graph.output

    def _as_given(self, name: str, layer: OnnxNetwork, reads: str, shape: Shape) -> str:
        sizes, order = layer.layout(shape)
        if order and self.outputs[reads] == self._raw and self.images and self.preparation is None:
            return self._raw  # both are (channels, height, width)
        x: Any = self._samples(reads)
        if sizes != shape:
            target = self.building.store(f"{name}/sizes", np.array([0, *sizes]), np.int64)
            x = self.building.add("Reshape", x, target, name=f"{name}/samples")
        if order:
            x = self.building.add("Transpose", x, name=f"{name}/turned", perm=[0, *(axis + 1 for axis in order)])
        return str(x)
