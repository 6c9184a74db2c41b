"""Ranges that pictures show of a graph's values: by the least and the largest, by a percentile, by entropy."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from onnx import ModelProto, TensorProto, helper

from nnlab.core.types import Array
from nnlab.onnx.backends.engines import ENGINES, using
from nnlab.onnx.file.read import model_of

Method = Literal["minmax", "entropy", "percentile"]
METHODS: tuple[Method, ...] = get_args(Method)

Range = tuple[float, float]
Batches = Callable[[], Iterable[Array]]
"""Called, it gives the same inputs anew, batch by batch."""

BINS = 2048
"""Of a histogram of magnitudes."""

LEVELS = 128
"""Magnitudes that codes of 8 bits tell apart where values have both signs."""

SHARE = 0.9999
"""Of all values other than 0, that a range by percentile holds."""

STEP = 16
"""Bins between two ends that are tried by entropy."""


@dataclass(frozen=True)
class Observed:
    """What pictures showed. Options:  ranges: by the values' names.  pictures: how many were looked at."""

    ranges: Mapping[str, Range]
    pictures: int


def observed(batches: Batches, names: Sequence[str], method: Method, watch: "Watch") -> Observed:
    """The range of each value over all batches.

    minmax:      the least and the largest
    percentile:  (max(min, -t), min(max, t)), t the magnitude below which 99.99% of all that is not 0 lies
    entropy:     the same with the t at which the histogram of magnitudes loses least by being cut off there and told
                 apart at 128 levels: least sum P log(P / Q)
    0 is left out of histograms: every grid has it exactly.

    Options:  watch: gives the values of a batch by their names.
    Source:   Migacz, "8-bit inference with TensorRT", GTC 2017, for entropy.
    """
    ends: dict[str, Range] = {}
    pictures = 0
    for x in batches():
        pictures += len(x)
        for name, value in watch(x).items():
            low, high = ends.get(name, (np.inf, -np.inf))
            ends[name] = min(low, float(value.min(initial=np.inf))), max(high, float(value.max(initial=-np.inf)))
    if method == "minmax":
        return Observed({name: ends[name] for name in names}, pictures)
    largest = {name: max(abs(low), abs(high)) for name, (low, high) in ends.items()}
    counts = {name: np.zeros(BINS, np.int64) for name in names}
    for x in batches():
        for name, value in watch(x).items():
            counts[name] += magnitudes(value, largest[name])
    ending = by_percentile if method == "percentile" else by_entropy
    ranges = {}
    for name in names:
        low, high = ends[name]
        end = ending(counts[name]) * largest[name]
        ranges[name] = (max(low, -end), min(high, end))
    return Observed(ranges, pictures)


def magnitudes(x: Array, largest: float) -> Array:
    """A histogram of |x| up to the largest, 0 left out."""
    sizes = np.abs(x[x != 0]).astype(np.float64)
    found: Array = np.histogram(sizes, bins=BINS, range=(0, largest or 1.0))[0]
    return found


def by_percentile(counts: Array, share: float = SHARE) -> float:
    """The end of the least bins that hold this share of all, as a share of the histogram."""
    if not counts.sum():
        return 1.0
    first = int(np.searchsorted(np.cumsum(counts), share * counts.sum()))
    return (first + 1) / len(counts)


def by_entropy(counts: Array, levels: int = LEVELS) -> float:
    """The end at which cutting off and telling apart so many levels loses least, as a share of the histogram."""
    if not counts.sum():
        return 1.0
    ends = [*range(levels, len(counts), STEP), len(counts)]
    lost = [divergence(counts, end, levels) for end in ends]
    return float(ends[int(np.argmin(lost))] / len(counts))


def divergence(counts: Array, end: int, levels: int) -> float:
    """sum P log(P / Q): P is the histogram up to `end`, what lies beyond put into its last bin; Q the same bins without
    that, at so many levels, each shared out among those of its bins that hold anything."""
    wanted = counts[:end].astype(np.float64)
    inside = wanted.copy()
    wanted[-1] += counts[end:].sum()
    level = np.arange(end) * levels // end
    holds = inside > 0
    shares = np.bincount(level, inside, levels) / np.maximum(np.bincount(level, holds, levels), 1)
    said = np.where(holds, shares[level], 0.0)
    there = wanted > 0
    if not said.sum() or (said[there] == 0).any():
        return float("inf")
    p, q = wanted / wanted.sum(), said / said.sum()
    return float((p[there] * np.log(p[there] / q[there])).sum())


@dataclass(frozen=True, eq=False)
class Watch:
    """A model whose values can be looked at.

    Options:  run: gives all outputs of the model that gives these values too.  names: of the values.
    """

    run: Callable[[Array], Sequence[Array]]
    names: tuple[str, ...]

    @classmethod
    def of(cls, model: ModelProto, names: Sequence[str], *, engine: str, threads: int) -> "Watch":
        """Options:  engine: one of `ENGINES`.  threads: for its arithmetic."""
        whole = ModelProto()
        whole.CopyFrom(model)
        made = [name for name in names if name != model.graph.input[0].name]
        del whole.graph.output[:]
        whole.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in made)
        view = model_of(whole.SerializeToString())
        loaded = ENGINES[engine].load(view, threads=threads)
        given = view.graph.inputs[0].name

        def run(x: Array) -> Sequence[Array]:
            with using(engine, threads):
                found = dict(zip(made, loaded.run({given: x}), strict=True))
            return [np.asarray(found.get(name, x)) for name in names]

        return cls(run, tuple(names))

    def __call__(self, x: Array) -> dict[str, Array]:
        """The values of a batch."""
        return dict(zip(self.names, self.run(x), strict=True))
