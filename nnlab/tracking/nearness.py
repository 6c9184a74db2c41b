"""What vectors of pictures say of one another: cosines within and between classes, a plane of them, who finds whom."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.evenly import evenly
from nnlab.core.types import Array
from nnlab.kernels.nearest import cosine_blocks
from nnlab.kernels.product import matrix_product
from nnlab.kernels.threads import one_blas_thread

MOST_SAMPLES = 3000
"""Of which pairs are counted: an even choice of more."""

BINS = 25


@dataclass(frozen=True, eq=False)
class Cosines:
    """How many pairs of samples have a cosine in each of BINS steps from -1 to 1, as shares.

    Shapes:  ends: (BINS + 1,); within, between: (BINS,)
    """

    ends: Array
    within: Array
    between: Array
    mean_within: float
    mean_between: float


def cosines(vectors: Array, labels: Array) -> Cosines:
    """Of pairs of one class, and of two."""
    chosen = np.array(evenly(range(len(labels)), MOST_SAMPLES), np.intp)
    kept, classes = vectors[chosen], labels[chosen]
    ends = np.linspace(-1, 1, BINS + 1)
    counts, sums = np.zeros((2, BINS)), np.zeros(2)
    for own, found in cosine_blocks(kept, kept):
        later = np.arange(len(classes)) > np.arange(len(classes))[own, np.newaxis]  # each pair once
        same = classes[own, np.newaxis] == classes
        for place, pairs in enumerate((same & later, ~same & later)):
            shares = found[pairs & np.isfinite(found)].clip(-1, 1)
            counts[place] += np.histogram(shares, ends)[0]
            sums[place] += shares.sum()
    totals = counts.sum(axis=1)
    shares = counts / np.maximum(totals, 1)[:, np.newaxis]
    means = [float(total / count) if count else float("nan") for total, count in zip(sums, totals, strict=True)]
    return Cosines(ends, shares[0], shares[1], *means)


def plane(vectors: Array) -> tuple[Array, float]:
    """The two directions in which they differ most, and the share of their variance that lies there.

    Shapes:  result: (samples, 2)
    """
    rows = np.nan_to_num(np.asarray(vectors, np.float64))
    rows = rows - rows.mean(axis=0)
    with one_blas_thread():
        values, directions = np.linalg.eigh(matrix_product(rows.T, rows))
    two = directions[:, ::-1][:, :2]
    two = two * np.where(two[np.abs(two).argmax(axis=0), np.arange(two.shape[1])] < 0, -1, 1)  # the same side up always
    found = np.zeros((len(rows), 2))
    found[:, : two.shape[1]] = matrix_product(rows, two)
    total = float(values.sum())
    return found, float(values[::-1][:2].sum() / total) if total > 0 else 0.0


@dataclass(frozen=True)
class Query:
    """A sample as a query among the others.

    Options:  place: its own.  nearest: of the nearest other sample, which is of another class, and its cosine.
              own: of the nearest one of its class.  rank: how manieth that is.
    """

    place: int
    nearest: int
    cosine: float
    own: int
    own_cosine: float
    rank: int


def most_wrong(vectors: Array, labels: Array, most: int) -> list[Query]:
    """The queries whose nearest other sample is of another class, those first that prefer it most to their own."""
    found: list[tuple[float, Query]] = []
    for block, shares in cosine_blocks(vectors, vectors):
        rows = np.arange(len(shares))
        places = np.arange(len(labels))[block]
        shares[rows, places] = -np.inf
        same = labels[places, np.newaxis] == labels
        alike = np.where(same, shares, -np.inf)
        own, other = alike.argmax(axis=1), shares.argmax(axis=1)
        near, far = alike[rows, own], shares[rows, other]
        rank = 1 + np.count_nonzero(shares > near[:, np.newaxis], axis=1)
        for row in np.flatnonzero((far > near) & np.isfinite(near)):
            query = Query(
                int(places[row]), int(other[row]), float(far[row]), int(own[row]), float(near[row]), int(rank[row])
            )
            found.append((float(near[row] - far[row]), query))
    found.sort(key=lambda held: (held[0], held[1].place))
    return [query for _, query in found[:most]]
