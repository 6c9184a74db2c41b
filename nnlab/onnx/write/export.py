"""A network as an ONNX model: every layer written by its translation, under the names that it has here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import ModelProto, helper

from nnlab import __version__
from nnlab.core.errors import UsageError
from nnlab.core.types import Shape
from nnlab.models.graph import INPUT, Graph, Node
from nnlab.models.quantizing import is_quantized
from nnlab.onnx.apart import calls
from nnlab.onnx.file.read import NEWEST_OPSET, checked
from nnlab.onnx.file.surgery import fold_batch_norms, prune
from nnlab.onnx.train.network import OnnxNetwork
from nnlab.onnx.write.building import Building, Declared
from nnlab.onnx.write.coded import refuse_uncodable
from nnlab.onnx.write.decodings.base import Decoding, Given
from nnlab.onnx.write.imported import inside
from nnlab.onnx.write.layers import ONNX_LAYERS, Place
from nnlab.onnx.write.outputs import HeadOutput, Softmax, Written
from nnlab.onnx.write.preparation import IMAGE, OLDEST_OPSET, Preparation, prepared
from nnlab.tasks.base import Task

Model = ModelProto
"""What is written, for rooms that know nothing of onnx."""

DEFAULT_OPSET = 17
"""Old enough for engines of 2022, new enough for every operator that is written."""

OLDEST_IR = 7
"""The form of the file itself: older ones list stored values among the inputs."""

OLDEST_WRITTEN = 9
"""Where BatchNormalization and Gemm became what they are."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """How a network is to be written.

    Options:  opset: the version of ONNX's operators; None: that of the file which the network came from, else 17.
              dtype: of weights and values, all of them; None: that of the network.
              softmax: whether the output is probabilities; None: as the network emits.
              fold_batch_norm: make BatchNorm part of the layer before it, where that can be.
              weight_codes: the type of weights that are rounded, int8 or uint8.
              decode: whether the task's reading of the heads is written too, where it has one.
              preparation: of images, written in front of the network; None for samples.
    """

    opset: int | None = None
    dtype: str | None = None
    softmax: bool | None = None
    fold_batch_norm: bool = False
    weight_codes: str = "int8"
    decode: bool = True
    preparation: Preparation | None = None

    def __post_init__(self) -> None:
        if self.weight_codes not in ("int8", "uint8"):
            raise UsageError(f"must be int8 or uint8, got {self.weight_codes!r}", where="--weight-codes")
        oldest = OLDEST_WRITTEN if self.preparation is None else OLDEST_OPSET
        if self.opset is not None and not oldest <= self.opset <= NEWEST_OPSET:
            what = f"must be from {oldest} to {NEWEST_OPSET}, got {self.opset}"
            raise UsageError(what, where="--opset", hint=f"leave it out for {DEFAULT_OPSET}")


def to_onnx(network: Graph, form: Form) -> ModelProto:
    """The model of a network, as `written` makes it."""
    return written(network, form).proto


def written(network: Graph, form: Form, reading: tuple[Task, Decoding] | None = None) -> Written:
    """The model of a network that is built, in evaluation.

    Images are (batch, channels, height, width), as is usual in ONNX; with a preparation the input is `image`: pixels,
    uint8, (batch, height, width, channels). Maps that a head gives are (batch, height, width, channels). One head
    keeps the name of its node, several have their own.

    Options:  reading: a task and how its reading of the heads is written; None: the heads alone.
    Raises:   UsageError: when a layer has no translation, or the form cannot be had.
    """
    if form.preparation is not None:
        network = network.with_layers(_brought_up)
    imported = [node.layer for node in network.nodes if isinstance(node.layer, OnnxNetwork)]
    opset = _version(form, imported)
    writer = _Writer(network, Building(opset, _dtype(network, form, opset), form.weight_codes), form.preparation)
    reading = reading if form.decode else None
    made = writer.model(_softmax(network, form, decoded=reading is not None), reading)
    model = made.proto
    if form.fold_batch_norm:
        fold_batch_norms(model)
    if form.opset is not None and form.opset != opset:
        model = _converted(model, form.opset)
    return Written(model, made.heads, made.decoded)


def _dtype(network: Graph, form: Form, opset: int) -> str:
    """Of weights and values; beside codes of 8 bits it is float32. Raises UsageError: for what cannot be with these."""
    if not is_quantized(network):
        return form.dtype or network.dtype.name
    refuse_uncodable(form.dtype, min(opset, form.opset or opset))
    return "float32"


def _softmax(network: Graph, form: Form, *, decoded: bool) -> Softmax:
    """As it is asked for; a task that reads the heads in the graph reads probabilities, so they are given too."""
    has_classes = any(outlet.emits != "values" for outlet in network.heads.values())
    return Softmax.of(network, True if form.softmax is None and decoded and has_classes else form.softmax)


def _version(form: Form, imported: list[OnnxNetwork]) -> int:
    """The opset that is written; that of an imported graph cannot be chosen, only converted afterwards."""
    own = {layer.model.view.opsets.get("", DEFAULT_OPSET) for layer in imported}
    if len(own) > 1:
        raise UsageError(f"imported graphs are of versions {', '.join(map(str, sorted(own)))}, which cannot be joined")
    if not own:
        return form.opset or DEFAULT_OPSET
    return own.pop()


def _brought_up(node: Node) -> OnnxNetwork | None:
    """An imported graph of the version that a preparation needs, where it is older; None for any other layer."""
    layer = node.layer
    if not isinstance(layer, OnnxNetwork) or layer.model.view.opsets.get("", DEFAULT_OPSET) >= OLDEST_OPSET:
        return None
    try:
        proto = calls.convert(layer.model.view.proto, OLDEST_OPSET)
    except Exception as error:  # the converter raises RuntimeError, and more
        what = f"needs operators of version {OLDEST_OPSET}, to which onnx cannot convert this graph ({_said(error)})"
        hint = "leave it out: `nnlab infer` prepares pictures by what the file says of itself"
        raise UsageError(what, where="--with-preprocessing", hint=hint) from None
    return OnnxNetwork(path=layer.path, given=checked(proto, where=layer.path), freeze=layer.freeze)


def _converted(model: ModelProto, opset: int) -> ModelProto:
    try:
        return calls.convert(model, opset)
    except Exception as error:  # the converter raises RuntimeError, and more
        hint = "leave it out: the graph keeps the version that it came in"
        what = f"onnx cannot convert this graph ({_said(error)})"
        raise UsageError(what, where=f"--opset={opset}", hint=hint) from None


def _said(error: Exception) -> str:
    return " ".join(str(error).split()).rpartition("failed: ")[2] or type(error).__name__


class _Writer:
    """Writes a network's nodes in their order."""

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
