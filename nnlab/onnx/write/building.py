"""An ONNX graph while it is written: its nodes and stored values, and the versions that its operators are of."""

from typing import Any

import numpy as np
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper

from nnlab.core.types import Array
from nnlab.onnx.file.tensors import elem_type_of


class Building:
    """Nodes and stored values, in the order in which they were added.

    Options:  opset: the version of ONNX's operators.  dtype: of stored values and of what flows between layers.
    """

    def __init__(self, opset: int, dtype: Any):
        self.opset, self.dtype = opset, np.dtype(dtype)
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

    def graph(self, name: str, given: "Declared", wanted: "Declared") -> GraphProto:
        """The graph from one input to one output."""
        return helper.make_graph(self.nodes, name, [given.proto()], [wanted.proto()], list(self.stored.values()))


class Declared:
    """An input or output: its name, dtype, and the shape of one sample."""

    def __init__(self, name: str, dtype: Any, sample: tuple[int, ...]):
        self.name, self.dtype, self.sample = name, np.dtype(dtype), sample

    def proto(self) -> Any:
        """Its declaration, the batch free."""
        return helper.make_tensor_value_info(self.name, elem_type_of(self.dtype), ["batch", *self.sample])
