"""What onnx's shape inference finds out about a graph, and the multiply-adds that follow from it."""

import logging
import math
from collections.abc import Mapping, Sequence

from onnx import ModelProto

from nnlab.core.errors import DataError
from nnlab.onnx.apart.calls import infer_shapes
from nnlab.onnx.file.views import ModelView, NodeView, Size, ValueView

LOG = logging.getLogger("nnlab.onnx")

Sizes = Mapping[str, tuple[int, ...]]
"""By input: its shape, for those that leave an axis open."""

Shapes = Mapping[str, tuple[Size, ...] | None]

LAST_OF_FIRST = ("MatMul", "MatMulInteger", "QLinearMatMul")
CONVOLUTIONS = ("Conv", "ConvInteger", "QLinearConv", "DeformConv")
WEIGHT = {"QLinearConv": 3, "Gemm": 1}
"""Which input has the weights, where it is not the second."""


def shape_of(value: ValueView, sizes: Sizes) -> tuple[int, ...] | None:
    """The shape of an input: as asked, else as declared, with 1 for open axes; None where no rank is said."""
    if value.name in sizes:
        return sizes[value.name]
    return None if value.shape is None else tuple(size if isinstance(size, int) else 1 for size in value.shape)


def inferred(view: ModelView, *, sizes: Sizes) -> Shapes:
    """The shape of every value as far as it follows from the inputs'; open axes of inputs have size 1.

    What inference cannot tell is left out; it never raises.
    """
    proto = ModelProto()
    proto.CopyFrom(view.proto)
    shapes = {value.name: shape_of(value, sizes) for value in view.graph.inputs}
    for value in proto.graph.input:
        shape = shapes.get(value.name)
        if shape is not None and value.type.HasField("tensor_type"):
            del value.type.tensor_type.shape.dim[:]
            for size in shape:
                value.type.tensor_type.shape.dim.add().dim_value = size
    for output in proto.graph.output:  # they may say names for what is now a number
        if output.type.HasField("tensor_type"):
            output.type.tensor_type.ClearField("shape")
    try:
        graph = infer_shapes(proto, data_prop=True).graph
    except DataError as error:
        LOG.warning("%s: %s", view.where, error.what)
        graph = proto.graph
    except Exception:  # of a graph that makes no sense to it: what is declared remains
        graph = proto.graph
    found: dict[str, tuple[Size, ...] | None] = {
        value.name: ValueView.of(value).shape for value in (*graph.input, *graph.value_info, *graph.output)
    }
    return {**found, **{name: array.shape for name, array in view.graph.initializers.items()}}


def multiply_adds(node: NodeView, shapes: Shapes) -> int | None:
    """How many products a node adds up: those of convolutions and matrix products, 0 for what has none worth counting.

    None where a shape is not known.
    """
    if node.domain:
        return 0
    if node.operator in CONVOLUTIONS:
        return _times(_numbers(shapes, _name(node.outputs, 0)), _weights(node, shapes), over=0)
    if node.operator == "ConvTranspose":
        return _times(_numbers(shapes, _name(node.inputs, 0)), _weights(node, shapes), over=0)
    if node.operator in LAST_OF_FIRST:
        first = _numbers(shapes, _name(node.inputs, 0))
        return _times(_numbers(shapes, _name(node.outputs, 0)), first and first[-1:])
    if node.operator == "Gemm":
        first = _numbers(shapes, _name(node.inputs, 0))
        if first is None or len(first) != 2:
            return None
        return _times(_numbers(shapes, _name(node.outputs, 0)), [first[0 if node.attributes.get("transA") else 1]])
    return 0


def _weights(node: NodeView, shapes: Shapes) -> Sequence[int] | None:
    return _numbers(shapes, _name(node.inputs, WEIGHT.get(node.operator, 1)))


def _name(names: Sequence[str], place: int) -> str:
    """A node's input or output; "" where it has none there."""
    return names[place] if place < len(names) else ""


def _numbers(shapes: Shapes, name: str) -> list[int] | None:
    """A shape without open axes; None for others."""
    shape = shapes.get(name)
    if shape is None:
        return None
    sizes = [size for size in shape if isinstance(size, int)]
    return sizes if len(sizes) == len(shape) else None


def _times(places: Sequence[int] | None, weights: Sequence[int] | None, *, over: int | None = None) -> int | None:
    """Places times weights, one axis of which (its outputs, or those of the input) is among the places already."""
    if places is None or weights is None:
        return None
    kept = [size for axis, size in enumerate(weights) if axis != over]
    return math.prod(places) * math.prod(kept)
