"""Which models machine code is known to survive: those of operators of which none ever crashed it."""

from onnx import AttributeProto, ModelProto, NodeProto

TAME = frozenset(
    {
        *(
            "Abs",
            "Add",
            "And",
            "ArgMax",
            "ArgMin",
            "AveragePool",
            "BatchNormalization",
            "Cast",
            "Ceil",
            "Clip",
            "Concat",
        ),
        *("Constant", "ConstantOfShape", "Conv", "ConvTranspose", "DepthToSpace", "DequantizeLinear", "Div", "Dropout"),
        *("Elu", "Equal", "Erf", "Exp", "Expand", "Flatten", "Floor", "Gather", "Gelu", "Gemm", "GlobalAveragePool"),
        *("GlobalMaxPool", "Greater", "HardSigmoid", "HardSwish", "Identity", "InstanceNormalization", "LRN"),
        *("LayerNormalization", "LeakyRelu", "Less", "Log", "LogSoftmax", "MatMul", "MaxPool", "Mul", "Neg", "Not"),
        *("PRelu", "Pad", "Pow", "QuantizeLinear", "Range", "Reciprocal", "ReduceMax", "ReduceMean", "ReduceMin"),
        *("ReduceSum", "Relu", "Reshape", "Resize", "Round", "Shape", "Sigmoid", "Slice", "Softmax", "Softplus"),
        *("SpaceToDepth", "Split", "Sqrt", "Squeeze", "Sub", "Tanh", "Tile", "TopK", "Transpose", "Unsqueeze"),
        *("Upsample", "Where"),
    }
)
"""Of ONNX's own domain: what networks for pictures are made of. tests/campaigns/schemas.py draws models of each, with
inputs and attributes as no writer would have them; an operator on which anything crashes is none of these."""


def is_tame(proto: ModelProto) -> bool:
    """Whether a model has none but these operators, and no graphs inside nodes."""
    return not proto.functions and all(map(_is_tame, proto.graph.node))


def _is_tame(node: NodeProto) -> bool:
    inside = (AttributeProto.GRAPH, AttributeProto.GRAPHS)
    return (
        node.op_type in TAME
        and node.domain in {"", "ai.onnx"}
        and not any(attribute.type in inside for attribute in node.attribute)
    )
