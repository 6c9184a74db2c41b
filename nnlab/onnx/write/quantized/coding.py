"""A float file with codes of 8 bits for its weights, and nodes that round its values (QuantizeLinear and back)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

from nnlab.core.errors import UsageError
from nnlab.core.types import Array
from nnlab.kernels.quantize import MOST, Grid, channel_scales, grid_over, weight_codes
from nnlab.onnx.apart import calls
from nnlab.onnx.file.surgery import put_nodes
from nnlab.onnx.write.coded import OLDEST_CODED
from nnlab.onnx.write.quantized.places import Weight, all_outputs, weights
from nnlab.onnx.write.quantized.ranges import Range

Code = Literal["int8", "uint8"]

ENDING = "_int8"
"""What a value that was rounded is called after its name."""

OLDEST_IR = 7
"""Of files with operators of version 13; older ones had every stored value among the inputs."""

MIDDLE = 128
"""Between codes without a sign and those with one."""


@dataclass(frozen=True, kw_only=True)
class Codes:
    """How codes are written.

    Options:  per_channel: a scale for each output of a weight; else one for all.
              weights, values: their types. Both say the same numbers; engines differ in how quick they are with which.
    """

    per_channel: bool = True
    weights: Code = "int8"
    values: Code = "uint8"

    @property
    def words(self) -> str:
        """In words."""
        return f"weights {self.weights} per {'output' if self.per_channel else 'tensor'}, values {self.values}"


def coded(model: ModelProto, ranges: Mapping[str, Range], codes: Codes) -> ModelProto:
    """The model with codes of 8 bits; the one that is given stays as it is.

    x = scale (q - zero); of values by their ranges, of weights by max |W| / 127 of each output, zero 0

    Options:  ranges: of the values that are rounded, by their names.
    """
    made = ModelProto()
    made.CopyFrom(recent(model))
    made.ir_version = max(made.ir_version, OLDEST_IR)
    graph = made.graph
    store = Store(graph)
    before = [node for weight in weights(graph) for node in _coded_weight(graph, weight, codes, store)]
    renamed: dict[str, str] = {}
    after: dict[str, list[NodeProto]] = {}
    for name, ends in ranges.items():
        grid = grid_over(*(np.float32(end) for end in ends))
        if grid is not None:  # else nothing but 0 was ever seen
            renamed[name], after[name] = _rounding(name, grid, codes, store)
    nodes: list[NodeProto] = [*before]
    for value in graph.input:
        nodes += after.get(value.name, [])
    for node in graph.node:
        for place, name in enumerate(node.input):
            node.input[place] = renamed.get(name, name)
        nodes.append(node)
        nodes += [new for name in node.output for new in after.get(name, [])]
    put_nodes(graph, nodes)
    return made


def recent(model: ModelProto) -> ModelProto:
    """The model itself, or brought up to the version that codes need. Raises UsageError: onnx cannot do that."""
    opset = next((o.version for o in model.opset_import if o.domain in {"", "ai.onnx"}), 0)
    if opset >= OLDEST_CODED:
        return model
    try:
        return calls.convert(model, OLDEST_CODED)
    except Exception as error:  # the converter raises RuntimeError, and more
        what = f"onnx cannot bring its operators from version {opset} to {OLDEST_CODED}, which codes need"
        raise UsageError(f"{what} ({' '.join(str(error).split())})", where="the model") from None


def values_of(weight: Array, axis: int, codes: Codes) -> tuple[Array, Array]:
    """Codes of a weight from -127 to 127, and their scales: (outputs,), or one number."""
    if codes.per_channel:
        scales = channel_scales(weight, axis)
        return weight_codes(weight, scales), scales.reshape(-1)
    largest = np.abs(weight).max(initial=0)
    scale = np.asarray(largest / weight.dtype.type(MOST) if largest > 0 else 1, weight.dtype)
    return weight_codes(weight, scale), scale


class Store:
    """Stored values that are added to a graph, under names that are free."""

    def __init__(self, graph: GraphProto):
        self._graph, self._taken = graph, set(all_outputs(graph))

    def name(self, wanted: str) -> str:
        """The name that is wanted, or one like it."""
        while wanted in self._taken:
            wanted += "_"
        self._taken.add(wanted)
        return wanted

    def put(self, wanted: str, value: Array) -> str:
        """Adds a value; its name."""
        name = self.name(wanted)
        self._graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(value).reshape(value.shape), name))
        return name

    def take(self, name: str) -> Array:
        """A stored value, which is none any more."""
        place = next(i for i, tensor in enumerate(self._graph.initializer) if tensor.name == name)
        array = numpy_helper.to_array(self._graph.initializer[place])
        del self._graph.initializer[place]
        for i, value in enumerate(self._graph.input):  # old files list stored values there too
            if value.name == name:
                del self._graph.input[i]
                break
        return array


def _coded_weight(graph: GraphProto, weight: Weight, codes: Codes, store: Store) -> Iterator[NodeProto]:
    found, scale = values_of(store.take(weight.name), weight.axis, codes)
    dtype, middle = np.dtype(codes.weights), MIDDLE if codes.weights == "uint8" else 0
    names = [
        store.put(f"{weight.name}/codes", (found + middle).astype(dtype)),
        store.put(f"{weight.name}/scale", scale),
        store.put(f"{weight.name}/zero_point", np.full(scale.shape, middle, dtype)),
    ]
    node = helper.make_node("DequantizeLinear", names, [weight.name], name=store.name(f"{weight.name}/values"))
    if codes.per_channel:
        node.attribute.append(helper.make_attribute("axis", weight.axis))
    yield node


def _rounding(name: str, grid: Grid, codes: Codes, store: Store) -> tuple[str, list[NodeProto]]:
    """What the rounded value is called, and the two nodes."""
    zero = int(grid.zero) - (MIDDLE if codes.values == "int8" else 0)
    said = store.name(f"{name}{ENDING}")
    scale = store.put(f"{said}/scale", np.asarray(grid.scale))
    zero_point = store.put(f"{said}/zero_point", np.asarray(zero, codes.values))
    middle = store.name(f"{said}/codes")
    return said, [
        helper.make_node("QuantizeLinear", [name, scale, zero_point], [middle], name=middle),
        helper.make_node("DequantizeLinear", [middle, scale, zero_point], [said], name=said),
    ]


def float_weights(model: ModelProto) -> dict[str, tuple[Array, int]]:
    """The weights that `coded` makes codes of, and the axes of their outputs."""
    stored: dict[str, TensorProto] = {tensor.name: tensor for tensor in model.graph.initializer}
    return {w.name: (numpy_helper.to_array(stored[w.name]), w.axis) for w in weights(model.graph)}
