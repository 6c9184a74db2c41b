"""Where operators draw from: with a seed always the same numbers, on both engines."""

import numpy as np


def stream(seed: float | None) -> np.random.RandomState:
    """The stream of a seed: that of NumPy's RandomState, as in onnx's own reference; None: one of the system's."""
    return np.random.RandomState(None if seed is None or np.isnan(seed) else int(seed))
