"""Which operators work on half-precision numbers as on float32: sums that overflow a half are of numbers that do not.

float16 ends at 65,504 and bfloat16 has three digits. A mean, a pool, a norm or a product of matrices of such numbers is
a number like them, and the sum on the way to it is not. So every engine of nnlab widens what such an operator is given,
and rounds once, what it gives. onnxruntime's processor kernels do the same.
"""

from nnlab.onnx.ops.along_axis import AlongAxis
from nnlab.onnx.ops.base import Operator
from nnlab.onnx.ops.binary import Binary
from nnlab.onnx.ops.reduction import Reduction
from nnlab.onnx.ops.unary import Unary
from nnlab.onnx.ops.variadic import Variadic
from nnlab.onnx.ops.windowed import Windowed

KINDS = (AlongAxis, Binary, Reduction, Unary, Variadic, Windowed)
"""Families of operators that compute with numbers whatever their width."""

COMPUTING = frozenset({
    "AffineGrid", "BatchNormalization", "CausalConvWithState", "Clip", "Col2Im", "CumProd", "CumSum", "Det", "DFT",
    "Einsum", "Gemm", "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool", "GridSample", "GroupNormalization",
    "InstanceNormalization", "LayerNormalization", "LpNormalization", "LRN", "MatMul", "MaxRoiPool",
    "MeanVarianceNormalization", "NegativeLogLikelihoodLoss", "Resize", "RoiAlign", "RotaryEmbedding",
    "ScatterElements", "ScatterND", "SoftmaxCrossEntropyLoss", "STFT", "Upsample",
})  # fmt: skip
"""Other operators that do, by name."""

MOVING = frozenset({
    "ArgMax", "ArgMin", "CenterCropPad", "Compress", "Concat", "DepthToSpace", "Dropout", "Expand", "Flatten", "Gather",
    "GatherElements", "GatherND", "Identity", "Pad", "Reshape", "ReverseSequence", "Shape", "Size", "Slice",
    "SpaceToDepth", "Split", "Squeeze", "Tile", "Transpose", "Trilu", "Unsqueeze", "Where",
})  # fmt: skip
"""Those that move numbers, or say where they are. What they give is exact in any width; their gradients are sums."""


def computes_wide(operator: Operator) -> bool:
    """Whether halves may be given to it as float32, what it gives of floating point having its first such input's type.

    Statistics are outputs in a type of their own: there the operator itself rounds what it has to.
    """
    if operator.name in {"BatchNormalization", "LayerNormalization"} and operator.outputs > 1:
        return False
    return isinstance(operator, KINDS) or (operator.domain == "" and operator.name in COMPUTING)


def moves(operator: Operator) -> bool:
    """Whether it only moves numbers, those of its first floating-point input's type, to other places."""
    return operator.domain == "" and operator.name in MOVING
