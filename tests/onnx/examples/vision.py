"""Examples of what vision networks compute: no two elements near another, no point near the middle of two elements."""

from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.testing.operators import Example


def spread(*shape: int, low: float = -2.0, high: float = 2.3, seed: int = 0) -> Array:
    """Numbers from low to high in random order, none of them near another."""
    numbers = np.linspace(low, high, int(np.prod(shape)))
    return np.random.default_rng(seed).permutation(numbers).reshape(shape)


def example(name: str, *inputs: Any, opset: int | None = None, outputs: int = 1, **attributes: Any) -> Example:
    """An example, its attributes as keywords."""
    return Example(name=name, inputs=inputs, opset=opset, outputs=outputs, attributes=attributes)


IMAGE, LINE, CUBE = spread(2, 4, 5, 6), spread(2, 3, 7), spread(1, 2, 3, 4, 5)

CONVOLUTION = [
    example("Conv", IMAGE, spread(3, 4, 3, 2), spread(3, seed=1)),
    example("Conv", IMAGE, spread(4, 2, 3, 3), strides=[2, 1], pads=[1, 0, 2, 1], dilations=[1, 2], group=2),
    example("Conv", IMAGE, spread(4, 1, 3, 3), spread(4, seed=1), group=4, auto_pad="SAME_LOWER"),
    example("Conv", LINE, spread(2, 3, 3), strides=[3], auto_pad="SAME_UPPER"),
    example("Conv", CUBE, spread(2, 2, 2, 2, 2), pads=[0, 1, 0, 1, 0, 1]),
    example("ConvTranspose", LINE, spread(3, 2, 3), spread(2, seed=1), strides=[2], pads=[1, 0], output_padding=[1]),
    example("ConvTranspose", IMAGE, spread(4, 2, 3, 2), strides=[2, 3], group=2, dilations=[2, 1]),
    example("ConvTranspose", IMAGE, spread(4, 1, 3, 3), strides=[2, 2], auto_pad="SAME_UPPER"),
    example("ConvTranspose", IMAGE, spread(4, 1, 2, 2), strides=[2, 2], output_shape=[12, 13]),
    example("CausalConvWithState", LINE, spread(3, 1, 3), spread(3, seed=1), spread(2, 3, 2, seed=2), outputs=2),
    example("CausalConvWithState", LINE, spread(3, 1, 3), activation="silu", outputs=2),
    example("Col2Im", spread(2, 8, 6), np.array([3, 4]), np.array([2, 2])),
    example("Col2Im", spread(1, 4, 9), np.array([5, 5]), np.array([2, 2]), strides=[2, 2], pads=[1, 1, 0, 0]),
    example(
        "DeformConv",
        spread(1, 2, 4, 4),
        spread(2, 1, 2, 2),
        spread(1, 16, 3, 3, low=-0.4, high=0.45),
        group=2,
        offset_group=2,
    ),
    example(
        "DeformConv",
        spread(2, 2, 4, 4),
        spread(3, 2, 2, 2),
        spread(2, 8, 2, 2, low=0.1, high=0.9),
        spread(3),
        spread(2, 4, 2, 2),
        strides=[2, 2],
        pads=[1, 0, 0, 0],
    ),
]

POOLING = [
    example("MaxPool", IMAGE, kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 1, 1]),
    example("MaxPool", IMAGE, kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1, outputs=2),
    example("MaxPool", IMAGE, kernel_shape=[3, 2], dilations=[1, 2], storage_order=1, pads=[1, 0, 1, 1], outputs=2),
    example("MaxPool", LINE, kernel_shape=[3], auto_pad="SAME_UPPER", strides=[2]),
    example("MaxPool", CUBE, kernel_shape=[2, 3, 2], outputs=2),
    example("AveragePool", IMAGE, kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 1, 1]),
    example(
        "AveragePool", IMAGE, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1, ceil_mode=1
    ),
    example("AveragePool", LINE, kernel_shape=[3], dilations=[2], auto_pad="SAME_LOWER"),
    example("AveragePool", CUBE, kernel_shape=[2, 3, 2]),
    example("LpPool", IMAGE, kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 1, 1]),
    example("LpPool", LINE, kernel_shape=[2], p=3),
    *(example(f"Global{kind}Pool", x) for kind in ("Average", "Max", "Lp") for x in (IMAGE, LINE)),
    example("GlobalLpPool", IMAGE, p=3),
    example("MaxUnpool", spread(1, 1, 2, 2), np.array([[[[0, 3], [8, 14]]]]), kernel_shape=[2, 2], strides=[2, 2]),
    example(
        "MaxUnpool",
        spread(1, 1, 2, 2),
        np.array([[[[0, 3], [8, 14]]]]),
        np.array([1, 1, 5, 6]),
        kernel_shape=[2, 2],
        strides=[2, 2],
    ),
]

ROIS = np.array([[0.4, 0.7, 3.3, 4.1], [-0.6, 1.2, 5.9, 3.4]])
REGIONS = [
    Example(name="RoiAlign", inputs=(IMAGE, ROIS, np.array([1, 0])), attributes=attributes, fixed=(1,), opset=opset)
    for opset, attributes in (
        (22, {"output_height": 2, "output_width": 3}),
        (22, {"output_height": 2, "output_width": 2, "sampling_ratio": 2, "mode": "max", "spatial_scale": 0.8}),
        (10, {"output_height": 2, "output_width": 2, "sampling_ratio": 2}),
    )
] + [
    Example(
        name="MaxRoiPool",
        inputs=(IMAGE, np.array([[1.0, 0.2, 1.1, 3.2, 4.1], [0.0, 2.1, 0.3, 9.2, 2.2]])),
        attributes={"pooled_shape": [2, 2]},
        fixed=(1,),
    )
]

PER_CHANNEL = tuple(spread(4, low=0.4, high=1.9, seed=seed) for seed in range(4))
NORMALIZATION = [
    example("BatchNormalization", IMAGE, *PER_CHANNEL),
    example("BatchNormalization", spread(3, 4), *PER_CHANNEL, opset=9),
    example("BatchNormalization", IMAGE, *PER_CHANNEL, training_mode=1, outputs=3, momentum=0.7),
    example("BatchNormalization", IMAGE, *PER_CHANNEL, opset=9, outputs=3),
    example(
        "BatchNormalization",
        spread(3, 4, 2),
        *(spread(4, 2, low=0.4, high=1.9, seed=s) for s in range(4)),
        opset=7,
        spatial=0,
    ),
    example("InstanceNormalization", IMAGE, *PER_CHANNEL[:2]),
    example("LayerNormalization", IMAGE, spread(6), spread(6, seed=1), outputs=3),
    example("LayerNormalization", IMAGE, spread(4, 5, 6), axis=1),
    example("GroupNormalization", IMAGE, *PER_CHANNEL[:2], num_groups=2),
    example("GroupNormalization", IMAGE, *(p[:2] for p in PER_CHANNEL[:2]), num_groups=2, opset=18),
    example("RMSNormalization", IMAGE, spread(5, 6), axis=-2),
    example("MeanVarianceNormalization", IMAGE),
    example("MeanVarianceNormalization", IMAGE, axes=[1, 2]),
    *(example("LpNormalization", spread(3, 4), p=p, axis=axis) for p in (1, 2) for axis in (0, -1)),
    *(example("LRN", spread(2, 6, 3, 2), size=size, alpha=0.3, bias=1.2) for size in (3, 4)),
]

PRODUCTS = [
    example("Gemm", spread(3, 4), spread(4, 2), spread(2, seed=1), alpha=0.7, beta=1.3),
    example("Gemm", spread(4, 3), spread(2, 4), transA=1, transB=1),
    example("Gemm", spread(4, 3), spread(4, 2), spread(3, 1, seed=1), transA=1),
    example("MatMul", spread(3, 4), spread(4, 2)),
    example("MatMul", spread(4), spread(4, seed=1)),
    example("MatMul", spread(2, 1, 3, 4), spread(5, 4, 2)),
    example("MatMul", spread(4), spread(3, 4, 2)),
    example("MatMul", spread(3, 2, 4), spread(4, seed=1)),
    example("Einsum", spread(3, 4), spread(4, 2), equation="ij, jk -> ik"),
    example("Einsum", spread(2, 3, 3), equation="...ii->...i"),
    example("Einsum", spread(2, 3, 4), equation="bij->j"),
    example("Einsum", spread(2, 3), spread(1, 3, seed=1), spread(4), equation="...j,...j,k->...k"),
    example("Einsum", spread(3, 4), spread(4, 2), equation="ab,bc"),
]

UP = np.array([1, 1, 1.7, 2.2], np.float32)
DOWN = np.array([1, 1, 0.6, 0.5], np.float32)
BILINEAR = ("half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric")
RESIZING = [
    *(
        example("Resize", IMAGE, None, scales, mode="linear", coordinate_transformation_mode=mode)
        for mode in BILINEAR
        for scales in (UP, DOWN)
    ),
    *(
        example("Resize", IMAGE, None, scales, mode=mode, antialias=1)
        for mode in ("linear", "cubic")
        for scales in (UP, DOWN)
    ),
    *(
        example("Resize", IMAGE, None, UP, nearest_mode=mode)
        for mode in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
    ),
    example("Resize", IMAGE, None, UP, mode="cubic", exclude_outside=1, cubic_coeff_a=-0.5),
    example("Resize", IMAGE, None, None, np.array([2, 4, 8, 3]), mode="linear"),
    example(
        "Resize", IMAGE, None, None, np.array([9, 7]), mode="linear", axes=[3, 2], keep_aspect_ratio_policy="not_larger"
    ),
    Example(
        name="Resize",
        inputs=(IMAGE, np.array([0, 0, 0.1, -0.3, 1, 1, 0.8, 1.2]), None, np.array([2, 4, 3, 5])),
        attributes={
            "mode": "linear",
            "coordinate_transformation_mode": "tf_crop_and_resize",
            "extrapolation_value": 1.5,
        },
        fixed=(1,),
    ),
    example("Resize", IMAGE, UP, mode="linear", opset=10),
    example("Upsample", IMAGE, np.array([1, 1, 2, 3], np.float32), mode="linear", opset=9),
    example("Upsample", IMAGE, scales=[1.0, 1.0, 2.0, 2.0], opset=7),
]
RESIZING = [Example(**{**vars(one), "fixed": tuple(range(1, len(one.inputs)))}) for one in RESIZING]  # scales say sizes

GRID = spread(2, 3, 2, 2, low=-1.37, high=1.43)
SAMPLING = [
    *(
        example("GridSample", spread(2, 2, 4, 5), GRID, mode=mode, padding_mode=padding, align_corners=corners)
        for mode in ("linear", "cubic", "nearest")
        for padding in ("zeros", "border", "reflection")
        for corners in (0, 1)
    ),
    example("GridSample", spread(2, 2, 4, 5), GRID, mode="bilinear", opset=16),
    example("GridSample", CUBE, spread(1, 2, 1, 3, 3, low=-1.2, high=1.1)),
    *(example("AffineGrid", spread(2, 2, 3), np.array([2, 1, 3, 4]), align_corners=corners) for corners in (0, 1)),
    example("AffineGrid", spread(2, 3, 4), np.array([2, 1, 3, 2, 2])),
    *(example("DepthToSpace", spread(2, 8, 2, 3), blocksize=2, mode=mode) for mode in ("DCR", "CRD")),
    *(example("SpaceToDepth", spread(2, 2, 4, 6), blocksize=2, mode=mode) for mode in ("DCR", "CRD")),
    example("CenterCropPad", spread(3, 5, 4), np.array([4, 4, 7])),
    example("CenterCropPad", spread(3, 5, 4), np.array([2, 8]), axes=[-1, 0]),
]

ROTATION = [
    example(
        "RotaryEmbedding", spread(2, 2, 3, 4), spread(5, 2), spread(5, 2, seed=1), np.array([[0, 1, 1], [4, 2, 0]])
    ),
    example(
        "RotaryEmbedding",
        spread(2, 3, 12),
        spread(2, 3, 2),
        spread(2, 3, 2, seed=1),
        num_heads=2,
        interleaved=1,
        rotary_embedding_dim=4,
    ),
]

EXAMPLES = [*ROTATION, *CONVOLUTION, *POOLING, *REGIONS, *NORMALIZATION, *PRODUCTS, *RESIZING, *SAMPLING]
