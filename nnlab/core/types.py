"""Names for the array types that signatures use."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
"""Any NumPy array; the docstring of the function says its shape."""

Pixels = npt.NDArray[np.uint8]
"""Pixels of one image, uint8, shape (height, width, channels), channels 1, 3 or 4."""

Shape = tuple[int, ...]
"""The shape of one sample: never with the batch axis."""

Empty = Callable[[Shape, Any], Array]
"""Memory of a shape and dtype: np.empty, or what a context lends."""


class Stored(Protocol):
    """Rows of one shape, asked for by their places: an array, or what lies on disk."""

    @property
    def shape(self) -> Shape:
        """(rows, ...)"""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, places: Any, /) -> Any: ...


DTYPES: dict[str, np.dtype[Any]] = {"float32": np.dtype(np.float32), "float64": np.dtype(np.float64)}
"""The floating-point types that a model can have."""
