"""The vision part of the suite: the operators that networks for images are made of, by what they do."""

VISION: dict[str, tuple[str, ...]] = {
    "convolution": ("Conv", "ConvTranspose", "DeformConv", "Col2Im"),
    "pooling": (
        "MaxPool", "AveragePool", "LpPool", "GlobalMaxPool", "GlobalAveragePool", "GlobalLpPool", "MaxUnpool",
        "MaxRoiPool", "RoiAlign",
    ),
    "normalisation": (
        "BatchNormalization", "InstanceNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization",
        "MeanVarianceNormalization", "LpNormalization", "LRN", "Dropout",
    ),
    "products": ("Gemm", "MatMul", "Einsum"),
    "resizing": ("Resize", "Upsample", "GridSample", "AffineGrid", "DepthToSpace", "SpaceToDepth", "CenterCropPad"),
    "softmax": ("Softmax", "LogSoftmax", "Hardmax"),
    "activations": (
        "Relu", "LeakyRelu", "PRelu", "ThresholdedRelu", "Elu", "Celu", "Selu", "Gelu", "Sigmoid", "Tanh", "Softplus",
        "Softsign", "HardSigmoid", "HardSwish", "Swish", "Mish", "Shrink", "Clip",
    ),
    "elementwise arithmetic": (
        "Add", "Sub", "Mul", "Div", "Mod", "Pow", "Neg", "Abs", "Sign", "Sqrt", "Reciprocal", "Exp", "Log", "Erf",
        "Ceil", "Floor", "Round", "Min", "Max", "Mean", "Sum",
    ),
    "joining and taking parts": ("Concat", "Slice", "Split", "Gather", "GatherElements", "GatherND"),
    "shapes": (
        "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Expand", "Tile", "Pad", "Identity", "Constant",
    ),
    "reductions": (
        "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum",
        "ReduceLogSumExp", "ReduceSumSquare",
    ),
}  # fmt: skip
"""By group, in the order of the page."""

OPERATORS_OF_VISION = frozenset(name for names in VISION.values() for name in names)
"""A case belongs to the vision part when all of its operators are among these."""
