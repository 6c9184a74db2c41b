"""Which models machine code is known to survive: those of operators of which none ever crashed it."""

from onnx import AttributeProto, ModelProto, NodeProto

TAME = frozenset({
    "Abs", "Add", "And", "ArgMax", "ArgMin", "AveragePool", "BatchNormalization", "Cast", "Ceil", "Clip", "Concat",
    "Constant", "ConstantOfShape", "Conv", "ConvTranspose", "DequantizeLinear", "Div", "Dropout", "Elu", "Equal", "Erf",
    "Exp", "Expand", "Flatten", "Floor", "Gather", "Gelu", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "Greater",
    "HardSigmoid", "HardSwish", "Identity", "InstanceNormalization", "LayerNormalization", "LeakyRelu", "Less", "Log",
    "LogSoftmax", "LRN", "MatMul", "MaxPool", "Mul", "Neg", "Not", "Pad", "Pow", "PRelu", "QuantizeLinear", "Range",
    "Reciprocal", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum", "Relu", "Reshape", "Resize", "Round", "Shape",
    "Sigmoid", "Slice", "Softmax", "Softplus", "Split", "Sqrt", "Squeeze", "Sub", "Tanh", "Tile", "TopK", "Transpose",
    "Unsqueeze", "Upsample", "Where",
})  # fmt: skip
"""Of ONNX's own domain: what networks for pictures are made of. tests/campaigns/schemas.py draws models of each, with
inputs and attributes as no writer would have them; an operator on which anything crashes is none of these."""

LARGEST = 2**31
"""Of a whole number in an attribute, but for Slice's ends, which say "all": products of larger ones overflow."""

LEAVES_OUT = frozenset({"Clip", "Resize"})

GRAPHS = (AttributeProto.GRAPH, AttributeProto.GRAPHS)


def is_tame(proto: ModelProto) -> bool:
    """Whether a model has none but these operators, as exporters write them, and inputs of known types and ranks.

    Not tame are graphs inside nodes, inputs left out (but those of Clip and Resize), and numbers beyond all sizes.
    """
    graph = proto.graph
    known = all(value.type.tensor_type.elem_type and value.type.tensor_type.HasField("shape") for value in graph.input)
    return known and not proto.functions and all(map(_is_tame, graph.node))


def _is_tame(node: NodeProto) -> bool:
    if node.op_type not in TAME or node.domain not in {"", "ai.onnx"}:
        return False
    if "" in node.input and node.op_type not in LEAVES_OUT:
        return False
    for attribute in node.attribute:
        if attribute.type in GRAPHS:
            return False
        wild = any(not -LARGEST <= number <= LARGEST for number in (attribute.i, *attribute.ints))
        if wild and node.op_type != "Slice":
            return False
    return True
