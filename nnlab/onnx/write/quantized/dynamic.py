"""Weights as codes of 8 bits, and values rounded by what each batch shows of them: no calibration."""

from collections.abc import Iterator

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

from nnlab.onnx.file.surgery import prune, put_nodes
from nnlab.onnx.write.quantized.coding import OLDEST_IR, Codes, Store, recent, values_of
from nnlab.onnx.write.quantized.places import weights

INTEGER = {"Conv": "ConvInteger", "MatMul": "MatMulInteger", "Gemm": "MatMulInteger"}


def dynamic(model: ModelProto) -> ModelProto:
    """y = (q_x - z_x) * q_W in 32 bits, times s_x s_W, plus b;  s_x and z_x of the values that are there

    Convolutions and products of matrices with stored weights; their scale is one of the whole weight. Others stay.
    """
    made = ModelProto()
    made.CopyFrom(recent(model))
    made.ir_version = max(made.ir_version, OLDEST_IR)
    graph = made.graph
    axes = {weight.name: weight.axis for weight in weights(graph)}
    nodes, store = list[NodeProto](), Store(graph)
    for node in graph.node:
        plain = node.op_type in INTEGER and len(node.input) > 1 and node.input[1] in axes and _is_plain(node)
        nodes += _Integer(graph, node, store).nodes(axes[node.input[1]]) if plain else [node]
    put_nodes(graph, nodes)
    prune(graph)
    return made


def _is_plain(node: NodeProto) -> bool:
    """Whether it is a product and a sum alone: Gemm has factors, and may turn its first input."""
    options = {attribute.name: attribute for attribute in node.attribute}
    factors = all(options[name].f == 1.0 for name in ("alpha", "beta") if name in options)
    return factors and not ("transA" in options and options["transA"].i)


class _Integer:
    """The nodes that stand for one with a weight."""

    def __init__(self, graph: GraphProto, node: NodeProto, store: Store):
        self._graph, self._node, self._store = graph, node, store

    def nodes(self, axis: int) -> Iterator[NodeProto]:
        node, y = self._node, self._node.output[0]
        weight = numpy_helper.to_array(next(t for t in self._graph.initializer if t.name == node.input[1]))
        if node.op_type == "Gemm" and axis == 0:
            weight = np.ascontiguousarray(weight.T)
        found, scale = values_of(weight, axis, Codes(per_channel=False))
        codes = self._put("weight_codes", found.astype(np.int8))
        x, x_scale, x_zero = (self._name(part) for part in ("x_codes", "x_scale", "x_zero"))
        yield helper.make_node("DynamicQuantizeLinear", [node.input[0]], [x, x_scale, x_zero], name=x)
        sums = self._name("sums")
        operator = INTEGER[node.op_type]
        product = helper.make_node(operator, [x, codes, x_zero], [sums], name=sums)
        if operator == "ConvInteger":
            product.attribute.extend(node.attribute)
        yield product
        wide, both = self._name("wide"), self._name("scale")
        yield helper.make_node("Cast", [sums], [wide], name=wide, to=TensorProto.FLOAT)
        yield helper.make_node("Mul", [x_scale, self._put("weight_scale", scale)], [both], name=both)
        bias = node.input[2] if len(node.input) > 2 else ""
        scaled = self._name("scaled") if bias else y
        yield helper.make_node("Mul", [wide, both], [scaled], name=scaled)
        if bias:
            yield helper.make_node("Add", [scaled, self._shift(bias, weight.ndim)], [y], name=node.name or y)

    def _shift(self, bias: str, axes: int) -> str:
        """The bias of a convolution along the channels."""
        if self._node.op_type != "Conv":
            return bias
        stored = next((tensor for tensor in self._graph.initializer if tensor.name == bias), None)
        if stored is None:
            return bias
        value = numpy_helper.to_array(stored)
        return self._put("shift", value.reshape(1, -1, *[1] * (axes - 2)))

    def _name(self, part: str) -> str:
        return self._store.name(f"{self._node.output[0]}/{part}")

    def _put(self, part: str, value: np.ndarray) -> str:
        return self._store.put(f"{self._node.output[0]}/{part}", value)
