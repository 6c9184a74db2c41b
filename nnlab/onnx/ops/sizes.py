"""How many elements an operator's output has at most: what several operators share; each is a `most_elements`."""

import math
from collections.abc import Sequence
from typing import Any

MOST_READ = 64
"""Numbers that are read of an input which says sizes; shapes are no longer."""


def ints(value: Any) -> list[int]:
    """The numbers of an input or attribute that says sizes."""
    if value is None:
        return []
    if hasattr(value, "tolist"):
        if math.prod(value.shape) > MOST_READ:
            raise ValueError("too many to be sizes")
        value = value.reshape(-1).tolist()
    return [int(number) for number in (value if isinstance(value, Sequence) else [value])]


def elements(value: Any) -> int:
    """How many elements a value has."""
    return math.prod(value.shape)


def said(operator: Any, name: str, inputs: tuple[Any, ...], place: int) -> list[int]:
    """Numbers that are an input in newer versions and an attribute in older ones."""
    return ints(inputs[place] if len(inputs) > place else getattr(operator, name, None))


def stretched(operator: Any, inputs: tuple[Any, ...]) -> float:
    """Of the shape that all inputs are stretched to."""
    shapes = [tuple(x.shape) for x in inputs if x is not None]
    rank = max(len(shape) for shape in shapes)
    aligned = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    most: float = math.prod(max(sizes) for sizes in zip(*aligned, strict=True))
    return most


def products(operator: Any, inputs: tuple[Any, ...]) -> float:
    """Rows of one times columns of the other, for every pair of matrices."""
    a, b = (tuple(x.shape) for x in inputs[:2])
    a, b = (1, *a) if len(a) == 1 else a, (*b, 1) if len(b) == 1 else b
    rank = max(len(a), len(b)) - 2
    pairs = zip((1,) * (rank - len(a) + 2) + a[:-2], (1,) * (rank - len(b) + 2) + b[:-2], strict=True)
    most: float = math.prod(max(pair) for pair in pairs) * a[-2] * b[-1]
    return most


def given_shape(operator: Any, inputs: tuple[Any, ...]) -> float:
    """ConstantOfShape: the numbers of the input; the random ones: the attribute."""
    return math.prod(ints(inputs[0]) if inputs else ints(operator.shape))


def resized(operator: Any, inputs: tuple[Any, ...]) -> float:
    """By sizes where there are any, else by scales."""
    x = inputs[0]
    sizes = ints(inputs[3]) if len(inputs) > 3 and inputs[3] is not None else []
    scales = next((s for s in (inputs[2:3] if len(inputs) > 2 else inputs[1:2]) if s is not None), None)
    factors = list(operator.scales or ()) if scales is None and hasattr(operator, "scales") else []
    if scales is not None:
        factors = [float(f) for f in scales.reshape(-1).tolist()[:MOST_READ]]
    axes = [a % x.ndim for a in (getattr(operator, "axes", None) or range(x.ndim))]
    shape = [float(n) for n in x.shape]
    for place, axis in enumerate(axes):
        if sizes:
            shape[axis] = max(shape[axis], sizes[place])
        elif place < len(factors):
            shape[axis] *= max(1.0, factors[place])
    smallest = min((factor for factor in factors if factor > 0), default=1.0)
    taps = 16 / smallest if getattr(operator, "antialias", 0) and not sizes else 0.0  # a filter as wide as 4 / scale
    return max(math.prod(shape), taps)


def padded_images(operator: Any, inputs: tuple[Any, ...]) -> float:
    """Convolutions and poolings: the padded image (a copy of it may be made), for each output channel."""
    x = inputs[0]
    axes = x.ndim - 2
    pads = ints(getattr(operator, "pads", None)) or [0] * 2 * axes
    image = math.prod(int(x.shape[2 + a]) + max(0, pads[a]) + max(0, pads[a + axes]) for a in range(axes))
    weights = next((w for w in inputs[1:4] if w is not None and w.ndim == x.ndim), None)
    channels = max(int(x.shape[1]), 0 if weights is None else int(weights.shape[0]))
    most: float = int(x.shape[0]) * channels * image
    return most


def upsampled_images(operator: Any, inputs: tuple[Any, ...]) -> float:
    """ConvTranspose, MaxUnpool: every place grows by the stride, and by the kernel at the end."""
    x = inputs[0]
    axes = x.ndim - 2
    given = ints(getattr(operator, "output_shape", None)) if hasattr(operator, "output_shape") else []
    transposed = operator.name == "ConvTranspose"
    kernel = inputs[1].shape[2:] if transposed else operator.kernel_shape
    ones = [1] * axes
    strides, dilations = (ints(getattr(operator, name, None)) or ones for name in ("strides", "dilations"))
    more = ints(getattr(operator, "output_padding", None)) or [0] * axes
    shape = [
        (int(x.shape[2 + a]) - 1) * strides[a] + (int(kernel[a]) - 1) * dilations[a] + 1 + more[a] for a in range(axes)
    ]
    if transposed and given:
        shape = [max(n, g) for n, g in zip(shape, given[-axes:], strict=True)]
    if not transposed and len(inputs) > 2 and inputs[2] is not None:
        shape = [max(n, g) for n, g in zip(shape, ints(inputs[2])[-axes:], strict=True)]
    channels = int(inputs[1].shape[1]) * int(operator.group) if transposed else int(x.shape[1])
    return int(x.shape[0]) * max(channels, int(x.shape[1])) * math.prod(shape)


def joined(operator: Any, inputs: tuple[Any, ...]) -> float:
    """Concat: all of them together."""
    values = inputs[0] if isinstance(inputs[0], list) else inputs
    return sum(elements(x) for x in values)


def sampled_regions(operator: Any, inputs: tuple[Any, ...]) -> float:
    """RoiAlign, MaxRoiPool: the output's window, for each region and channel; and the points that are sampled."""
    x, rois = inputs[:2]
    if hasattr(operator, "pooled_shape"):
        return int(rois.shape[0]) * int(x.shape[1]) * math.prod(ints(operator.pooled_shape))
    window = [operator.output_height, operator.output_width]
    longest = (float(rois.max()) - float(rois.min())) * abs(operator.spatial_scale) + 1 if elements(rois) else 0.0
    points = [max(n * operator.sampling_ratio, n if operator.sampling_ratio else longest + n) for n in window]
    sampled = math.prod(points) if operator.mode == "max" else sum(points)
    most: float = max(int(rois.shape[0]) * int(x.shape[1]) * math.prod(window), 8 * sampled)
    return most


def first_number(operator: Any, inputs: tuple[Any, ...]) -> float:
    """Window functions: as long as the input says."""
    return ints(inputs[0])[0]


def blocks(operator: Any, inputs: tuple[Any, ...]) -> float:
    """QuantizeLinear, DequantizeLinear: each scale as often as a block is long."""
    return elements(inputs[1]) * max(1, int(getattr(operator, "block_size", 0)))


def unrolled(operator: Any, inputs: tuple[Any, ...]) -> float:
    """RNN, GRU, LSTM: what every step brings to every gate, in each direction."""
    x, w = inputs[:2]
    return int(x.shape[0]) * int(x.shape[1]) * int(w.shape[0]) * int(w.shape[1])
