"""How many elements an operator's output has at most, from its attributes and the shapes of its inputs."""

import math
from collections.abc import Sequence
from typing import Any

from nnlab.onnx.ops.base import Values

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


def size(value: Any) -> int:
    """How many elements a value has."""
    return math.prod(value.shape)


def said(operator: Any, name: str, inputs: Values, place: int) -> list[int]:
    """Numbers that are an input in newer versions and an attribute in older ones."""
    return ints(inputs[place] if len(inputs) > place else getattr(operator, name, None))


def broadcast(operator: Any, inputs: Values) -> Any:
    """Of the shape that all inputs are stretched to."""
    shapes = [tuple(x.shape) for x in inputs if x is not None]
    rank = max(len(shape) for shape in shapes)
    aligned = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    return math.prod(max(sizes) for sizes in zip(*aligned, strict=True))


def matmul(operator: Any, inputs: Values) -> Any:
    """Rows of one times columns of the other, for every pair of matrices."""
    a, b = (tuple(x.shape) for x in inputs[:2])
    a, b = (1, *a) if len(a) == 1 else a, (*b, 1) if len(b) == 1 else b
    rank = max(len(a), len(b)) - 2
    pairs = zip((1,) * (rank - len(a) + 2) + a[:-2], (1,) * (rank - len(b) + 2) + b[:-2], strict=True)
    return math.prod(max(pair) for pair in pairs) * a[-2] * b[-1]


def gemm(operator: Any, inputs: Values) -> Any:
    """Rows of A times columns of B, either turned."""
    rows = inputs[0].shape[1 if operator.transA else 0]
    return float(rows * inputs[1].shape[0 if operator.transB else 1])


def einsum(operator: Any, inputs: Values) -> Any:
    """All indices of the result; those behind an ellipsis as large as they can be."""
    terms, _, result = operator.equation.replace(" ", "").partition("->")
    sizes: dict[str, int] = {}
    for term, x in zip(terms.split(","), inputs, strict=True):
        if "." in term:
            sizes["."] = max(sizes.get(".", 1), size(x))
        else:
            sizes.update(zip(term, x.shape, strict=True))
    letters = set(result) if result else {letter for letter in sizes if terms.count(letter) == 1 or letter == "."}
    return math.prod(sizes.get(letter, 1) for letter in letters)


def expand(operator: Any, inputs: Values) -> Any:
    """The shape given, stretched together with the input's own."""
    own, asked = [int(n) for n in inputs[0].shape], ints(inputs[1])
    rank = max(len(own), len(asked))
    return math.prod(max(p) for p in zip([1] * (rank - len(own)) + own, [1] * (rank - len(asked)) + asked, strict=True))


def tile(operator: Any, inputs: Values) -> Any:
    """Every element as often as the repeats say."""
    return size(inputs[0]) * math.prod(ints(inputs[1]))


def given_shape(operator: Any, inputs: Values) -> Any:
    """ConstantOfShape: the numbers of the input; the random ones: the attribute."""
    return math.prod(ints(inputs[0]) if inputs else ints(operator.shape))


def span(operator: Any, inputs: Values) -> Any:
    """Range: (limit - start) / delta."""
    start, limit, delta = (float(x.reshape(-1).tolist()[0]) for x in inputs[:3])
    return max(0.0, math.ceil((limit - start) / delta)) if math.isfinite((limit - start) / delta) else 1e30


def resized(operator: Any, inputs: Values) -> Any:
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


def padded(operator: Any, inputs: Values) -> Any:
    """Each axis as long as it is, and what comes before and after it."""
    x, pads = inputs[0], said(operator, "pads", inputs, 1)
    half = len(pads) // 2
    axes = ints(inputs[3]) if len(inputs) > 3 and inputs[3] is not None else list(range(x.ndim))
    shape = [int(n) for n in x.shape]
    for place, axis in enumerate(axes[:half]):
        shape[axis] += max(0, pads[place]) + max(0, pads[place + half])
    return math.prod(shape)


def windows(operator: Any, inputs: Values) -> Any:
    """Convolutions and poolings: the padded image (a copy of it may be made), for each output channel."""
    x = inputs[0]
    axes = x.ndim - 2
    pads = ints(getattr(operator, "pads", None)) or [0] * 2 * axes
    image = math.prod(int(x.shape[2 + a]) + max(0, pads[a]) + max(0, pads[a + axes]) for a in range(axes))
    weights = next((w for w in inputs[1:4] if w is not None and w.ndim == x.ndim), None)
    channels = max(int(x.shape[1]), 0 if weights is None else int(weights.shape[0]))
    return int(x.shape[0]) * channels * image


def transposed_windows(operator: Any, inputs: Values) -> Any:
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


def gathered(operator: Any, inputs: Values) -> Any:
    """Gather: everything but the axis, once for each index."""
    x, axis = inputs[0], int(getattr(operator, "axis", 0))
    return size(inputs[1]) * size(x) / max(1, int(x.shape[axis]))


def gathered_slices(operator: Any, inputs: Values) -> Any:
    """GatherND: what the last axis of the indices does not choose, once for each index."""
    x, indices, skipped = inputs[0], inputs[1], int(getattr(operator, "batch_dims", 0))
    chosen = skipped + int(indices.shape[-1])
    return size(indices) / max(1, int(indices.shape[-1])) * math.prod(x.shape[chosen:])


def like_second(operator: Any, inputs: Values) -> Any:
    """GatherElements: as many as there are indices."""
    return size(inputs[1])


def joined(operator: Any, inputs: Values) -> Any:
    """Concat: all of them together."""
    values = inputs[0] if isinstance(inputs[0], list) else inputs
    return sum(size(x) for x in values)


def one_hot(operator: Any, inputs: Values) -> Any:
    """One axis more, of the depth."""
    return size(inputs[0]) * max(ints(inputs[1]))


def pieces(operator: Any, inputs: Values) -> Any:
    """SplitToSequence: every piece is an object of its own, of some hundred bytes."""
    return size(inputs[0]) + 32 * int(inputs[0].shape[operator.axis])


def columns_to_image(operator: Any, inputs: Values) -> Any:
    """Col2Im: the image, for each sample and channel."""
    image, block = ints(inputs[1]), ints(inputs[2])
    return (
        size(inputs[0])
        / max(1, inputs[0].shape[-1] * math.prod(block))
        * math.prod(n + 2 * max([0, *ints(operator.pads)]) for n in image)
    )


def regions(operator: Any, inputs: Values) -> Any:
    """RoiAlign, MaxRoiPool: the output's window, for each region and channel; and the points that are sampled."""
    x, rois = inputs[:2]
    if hasattr(operator, "pooled_shape"):
        return int(rois.shape[0]) * int(x.shape[1]) * math.prod(ints(operator.pooled_shape))
    window = [operator.output_height, operator.output_width]
    longest = (float(rois.max()) - float(rois.min())) * abs(operator.spatial_scale) + 1 if size(rois) else 0.0
    points = [max(n * operator.sampling_ratio, n if operator.sampling_ratio else longest + n) for n in window]
    sampled = math.prod(points) if operator.mode == "max" else sum(points)
    return max(int(rois.shape[0]) * int(x.shape[1]) * math.prod(window), 8 * sampled)


def sampled(operator: Any, inputs: Values) -> Any:
    """GridSample: every place of the grid, for each channel."""
    return size(inputs[1]) * int(inputs[0].shape[1])


def grid(operator: Any, inputs: Values) -> Any:
    """AffineGrid: as many coordinates as axes at each place."""
    return math.prod(ints(inputs[1])) * 3


def cut(operator: Any, inputs: Values) -> Any:
    """CenterCropPad: the axes as long as asked."""
    x, asked = inputs[0], ints(inputs[1])
    axes = operator.axes or range(x.ndim)
    shape = [int(n) for n in x.shape]
    for axis, length in zip(axes, asked, strict=True):
        shape[axis] = max(shape[axis], length)
    return math.prod(shape)


def draws(operator: Any, inputs: Values) -> Any:
    """Multinomial: so many of each sample."""
    return int(inputs[0].shape[0]) * int(operator.sample_size)


def first_number(operator: Any, inputs: Values) -> Any:
    """Window functions: as long as the input says."""
    return ints(inputs[0])[0]


def mel(operator: Any, inputs: Values) -> Any:
    """MelWeightMatrix: bins times half a spectrum."""
    return ints(inputs[0])[0] * ints(inputs[1])[0]


def spectrum(operator: Any, inputs: Values) -> Any:
    """DFT: complex, the axis as long as asked."""
    x = inputs[0]
    length = max(ints(inputs[1])) if len(inputs) > 1 and inputs[1] is not None else 1
    return 2 * size(x) * max(1.0, length / max(1, min(x.shape[1:-1] or x.shape)))


def short_spectra(operator: Any, inputs: Values) -> Any:
    """STFT: complex frames at every step."""
    signal, step = inputs[0], max(1, ints(inputs[1])[0])
    frame = ints(inputs[3])[0] if len(inputs) > 3 and inputs[3] is not None else int(inputs[2].shape[0])
    return 2 * int(signal.shape[0]) * (int(signal.shape[1]) / step + 1) * frame


def attention(operator: Any, inputs: Values) -> Any:
    """The scores: every query with every key, for each head."""
    q, k = inputs[:2]
    heads = int(q.shape[1]) if q.ndim == 4 else int(operator.q_num_heads)
    past = int(inputs[4].shape[2]) if len(inputs) > 4 and inputs[4] is not None else 0
    return max(size(q), int(q.shape[0]) * heads * int(q.shape[-2]) * (int(k.shape[-2]) + past))


def texts(operator: Any, inputs: Values) -> Any:
    """StringConcat: the longest texts of both, at every place."""
    longest = sum(max((len(str(text)) for text in x.reshape(-1)), default=0) for x in inputs)
    return broadcast(operator, inputs) * longest / 4


def counted(operator: Any, inputs: Values) -> Any:
    """TfIdfVectorizer: a number for every n-gram, for each row; counted in Python's own numbers first."""
    return 4 * (max(operator.ngram_indexes, default=0) + 1) * (int(inputs[0].shape[0]) if inputs[0].ndim == 2 else 1)


def summed_around(operator: Any, inputs: Values) -> Any:
    """LRN: the channels, and before and after them as many as are summed; in float64."""
    x = inputs[0]
    return 4 * size(x) / max(1, int(x.shape[1])) * (int(x.shape[1]) + abs(operator.size))


def blocks(operator: Any, inputs: Values) -> Any:
    """QuantizeLinear, DequantizeLinear: each scale as often as a block is long."""
    return size(inputs[1]) * max(1, int(getattr(operator, "block_size", 0)))


def unrolled(operator: Any, inputs: Values) -> Any:
    """RNN, GRU, LSTM: what every step brings to every gate, in each direction."""
    x, w = inputs[:2]
    return int(x.shape[0]) * int(x.shape[1]) * int(w.shape[0]) * int(w.shape[1])
