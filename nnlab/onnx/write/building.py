"""An ONNX graph while it is written: its nodes and stored values, and the versions that its operators are of."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper

from nnlab.core.types import Array
from nnlab.kernels.quantize import channel_scales, weight_codes
from nnlab.onnx.file.tensors import elem_type_of

OUTPUTS = {"Conv": 0, "ConvTranspose": 1, "Gemm": 1, "MatMul": 1}
"""The axis of an operator's weight along which its outputs lie, as layers write it."""


class Building:
    """Nodes and stored values, in the order in which they were added.

    Options:  opset: the version of ONNX's operators.  dtype: of stored values and of what flows between layers.
              codes: of weights that are rounded: int8, or uint8, which says the same with a zero point of 128.
    """

    def __init__(self, opset: int, dtype: Any, codes: Any = np.int8):
        self.opset, self.dtype, self.codes = opset, np.dtype(dtype), np.dtype(codes)
        self.nodes: list[NodeProto] = []
        self.stored: dict[str, TensorProto] = {}
        self.opsets: dict[str, int] = {}

    def add(self, operator: str, *inputs: str, name: str, **attributes: Any) -> str:
        """A node with one output, which has the node's name. Returns that name."""
        self.nodes.append(helper.make_node(operator, list(inputs), [name], name=name, **attributes))
        return name

    def store(self, name: str, value: Array, dtype: Any = None) -> str:
        """A stored value, in the graph's dtype unless another is given; once, however often it is asked for."""
        if name not in self.stored:
            array = np.ascontiguousarray(value, dtype=self.dtype if dtype is None else dtype)
            self.stored[name] = numpy_helper.from_array(array.reshape(np.shape(value)), name)
        return name

    def code(self, name: str, *, before: int) -> None:
        """Has a stored weight be codes of 8 bits, with a scale for each output, and a node that makes values of them.

        Options:  before: the place among the nodes from which on the weight is read.
        """
        reader = next(node for node in self.nodes[before:] if name in node.input)
        axis = OUTPUTS[reader.op_type]
        weight = numpy_helper.to_array(self.stored.pop(name))
        scales = channel_scales(weight, axis)
        middle = 128 if self.codes == np.uint8 else 0
        codes = self.store(f"{name}/codes", weight_codes(weight, scales) + middle, self.codes)
        scale = self.store(f"{name}/scale", scales.reshape(-1))
        zero = self.store(f"{name}/zero_point", np.full(scales.size, middle), self.codes)
        self.nodes.insert(
            before, helper.make_node("DequantizeLinear", [codes, scale, zero], [name], name=name, axis=axis)
        )

    def reduced(self, operator: str, x: str, axes: list[int], *, name: str) -> str:
        """ReduceMin, ReduceMax, ... over axes, which stay with size 1: an input since opset 18, an attribute before."""
        if self.opset >= 18:
            return self.add(operator, x, self.store(f"{name}/axes", np.array(axes), np.int64), name=name, keepdims=1)
        return self.add(operator, x, name=name, axes=axes, keepdims=1)

    def sliced(self, x: str, bounds: dict[str, list[int]], *, name: str) -> str:
        """x from starts to ends along axes: inputs since opset 10, attributes before.  Options:  bounds: the three."""
        if self.opset < 10:
            return self.add("Slice", x, name=name, **bounds)
        stored = (self.store(f"{name}/{key}", np.array(bounds[key]), np.int64) for key in ("starts", "ends", "axes"))
        return self.add("Slice", x, *stored, name=name)

    def cast(self, x: str, dtype: Any, *, name: str) -> str:
        """x in another dtype."""
        return self.add("Cast", x, name=name, to=elem_type_of(dtype))

    def rename(self, old: str, new: str) -> None:
        """Calls a value otherwise, wherever it is made and read; one that has the new name already makes room."""
        if old == new:
            return
        if any(new in node.output for node in self.nodes):
            self.rename(new, f"{new}/before")
        for node in self.nodes:
            for names in (node.input, node.output):
                for place, name in enumerate(names):
                    if name == old:
                        names[place] = new

    def graph(self, name: str, given: "Declared", *wanted: "Declared") -> GraphProto:
        """The graph from one input to one output, or several."""
        outputs = [declared.proto() for declared in wanted]
        return helper.make_graph(self.nodes, name, [given.proto()], outputs, list(self.stored.values()))


class Declared:
    """An input or output: its name, dtype, and the shape of one sample.

    Options:  about: what it says, in words, for the file's metadata.
    """

    def __init__(self, name: str, dtype: Any, sample: Sequence[int], about: str = ""):
        self.name, self.dtype, self.sample, self.about = name, np.dtype(dtype), tuple(sample), about

    def proto(self) -> Any:
        """Its declaration, the batch free."""
        return helper.make_tensor_value_info(self.name, elem_type_of(self.dtype), ["batch", *self.sample])
