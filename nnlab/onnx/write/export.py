"""A network as an ONNX model in the form that is asked for: its version, its types, its softmax."""

from dataclasses import dataclass

from onnx import ModelProto

from nnlab.core.errors import UsageError
from nnlab.models.graph import Graph, Node
from nnlab.models.quantizing import is_quantized
from nnlab.onnx.apart import calls
from nnlab.onnx.file.read import NEWEST_OPSET, checked
from nnlab.onnx.file.surgery import fold_batch_norms
from nnlab.onnx.train.network import OnnxNetwork
from nnlab.onnx.write.building import Building
from nnlab.onnx.write.coded import refuse_uncodable
from nnlab.onnx.write.decodings.base import Decoding
from nnlab.onnx.write.outputs import OF_CLASSES, Softmax, Written
from nnlab.onnx.write.preparation import OLDEST_OPSET, Preparation
from nnlab.onnx.write.writer import Writer
from nnlab.tasks.base import Task

Model = ModelProto
"""What is written, for rooms that know nothing of onnx."""

DEFAULT_OPSET = 17
"""Old enough for engines of 2022, new enough for every operator that is written."""

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
    Raises:   UsageError: when a layer or the reading has no translation, or the form cannot be had.
    """
    if form.preparation is not None:
        network = network.with_layers(_brought_up)
    imported = [node.layer for node in network.nodes if isinstance(node.layer, OnnxNetwork)]
    opset = _version(form, imported)
    writer = Writer(network, Building(opset, _dtype(network, form, opset), form.weight_codes), form.preparation)
    reading = reading if form.decode else None
    if reading is not None:
        _require_version(opset, *reading)
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
    has_classes = any(outlet.emits in OF_CLASSES for outlet in network.heads.values())
    return Softmax.of(network, True if form.softmax is None and decoded and has_classes else form.softmax)


def _version(form: Form, imported: list[OnnxNetwork]) -> int:
    """The opset that is written; that of an imported graph cannot be chosen, only converted afterwards."""
    own = {layer.model.view.opsets.get("", DEFAULT_OPSET) for layer in imported}
    if len(own) > 1:
        raise UsageError(f"imported graphs are of versions {', '.join(map(str, sorted(own)))}, which cannot be joined")
    if not own:
        return form.opset or DEFAULT_OPSET
    return own.pop()


def _require_version(opset: int, task: Task, decoding: Decoding) -> None:
    """Raises UsageError: where a task's reading needs newer operators."""
    if opset < (oldest := decoding.oldest(task)):
        what = f"what {type(task).__name__} makes of the heads needs operators of version {oldest}"
        hint = "add --no-decode for the heads alone, or choose a newer --opset"
        raise UsageError(what, where=f"operators of version {opset}", hint=hint)


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
