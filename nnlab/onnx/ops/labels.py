"""The labels of classifiers: whole numbers or texts."""

from collections.abc import Sequence

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array


def chosen(places: Array, ints: Sequence[int], texts: Sequence[str]) -> Array:
    """The label of each place. Raises DataError: where there are none, or too few of them."""
    labels = np.array(texts, object) if texts else np.array(ints, np.int64)
    if places.size and int(places.max()) >= len(labels):
        raise DataError(f"has {len(labels)} labels, and a class {int(places.max())}")
    picked: Array = labels[places]
    return picked


def as_float(x: Array) -> Array:
    """Rows of float32, one where x is a single sample; float64 stays."""
    rows = x.reshape(1, -1) if x.ndim < 2 else x
    return rows if rows.dtype in {np.float32, np.float64} else rows.astype(np.float32)
