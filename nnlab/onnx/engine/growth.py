"""How large an operator's output becomes, known before it is made: only of those that can make much out of little."""

from collections.abc import Callable, Mapping
from typing import Any

from nnlab.onnx.engine import growth_rules as rules
from nnlab.onnx.ops.base import Operator, Values

Estimate = Callable[[Any, Values], float]
"""Called as estimate(operator, inputs): at most so many elements."""

ELEMENTWISE = (
    *("Add", "And", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Div", "Equal", "Greater", "GreaterOrEqual"),
    *("Less", "LessOrEqual", "Max", "Mean", "Min", "Mod", "Mul", "Or", "PRelu", "Pow", "Sub", "Sum", "Where", "Xor"),
)
"""Operators whose inputs are stretched to one shape."""


def output_bytes(operator: Operator, inputs: Values) -> int:
    """At most so many bytes (0: no more than the inputs have, or not known). Works for arrays and for tensors."""
    estimate = _ESTIMATES.get(operator.name)
    if estimate is None:
        return 0
    try:
        elements = estimate(operator, inputs)
    except (ArithmeticError, AttributeError, IndexError, TypeError, ValueError):
        return 0  # inputs or attributes that make no sense: the operator itself says so
    return int(min(elements, 1e30)) * max((x.itemsize for x in inputs if hasattr(x, "itemsize")), default=8)


_ESTIMATES: Mapping[str, Estimate] = dict.fromkeys(ELEMENTWISE, rules.broadcast) | {
    "AffineGrid": rules.grid,
    "Attention": rules.attention,
    "AveragePool": rules.windows,
    "BlackmanWindow": rules.first_number,
    "CenterCropPad": rules.cut,
    "Col2Im": rules.columns_to_image,
    "Concat": rules.joined,
    "ConcatFromSequence": rules.joined,
    "ConstantOfShape": rules.given_shape,
    "Conv": rules.windows,
    "ConvInteger": rules.windows,
    "ConvTranspose": rules.transposed_windows,
    "DFT": rules.spectrum,
    "DequantizeLinear": rules.blocks,
    "DeformConv": rules.windows,
    "Einsum": rules.einsum,
    "Expand": rules.expand,
    "Gather": rules.gathered,
    "GatherElements": rules.like_second,
    "GatherND": rules.gathered_slices,
    "Gemm": rules.gemm,
    "GRU": rules.unrolled,
    "GridSample": rules.sampled,
    "HammingWindow": rules.first_number,
    "HannWindow": rules.first_number,
    "LRN": rules.summed_around,
    "LSTM": rules.unrolled,
    "LpPool": rules.windows,
    "MatMul": rules.matmul,
    "MatMulInteger": rules.matmul,
    "MaxPool": rules.windows,
    "MaxRoiPool": rules.regions,
    "MaxUnpool": rules.transposed_windows,
    "MelWeightMatrix": rules.mel,
    "Multinomial": rules.draws,
    "OneHot": rules.one_hot,
    "Pad": rules.padded,
    "QLinearConv": rules.windows,
    "QuantizeLinear": rules.blocks,
    "RNN": rules.unrolled,
    "RandomNormal": rules.given_shape,
    "RandomUniform": rules.given_shape,
    "Range": rules.span,
    "Resize": rules.resized,
    "RoiAlign": rules.regions,
    "STFT": rules.short_spectra,
    "SplitToSequence": rules.pieces,
    "StringConcat": rules.texts,
    "TfIdfVectorizer": rules.counted,
    "Tile": rules.tile,
    "Upsample": rules.resized,
}
