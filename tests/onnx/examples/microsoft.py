"""Examples of what onnxruntime's optimiser writes: operators of com.microsoft that have a gradient."""

from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.testing.operators import Example


def drawn(*shape: int, seed: int = 0) -> Array:
    """Numbers around 0."""
    return np.random.default_rng(seed).standard_normal(shape)


def example(name: str, *inputs: Any, outputs: int = 1, **attributes: Any) -> Example:
    """An example of the domain, its attributes as keywords."""
    return Example(name=f"com.microsoft.{name}", inputs=inputs, attributes=attributes, outputs=outputs)


X, SKIP, ROW = drawn(2, 3, 4), drawn(2, 3, 4, seed=1), drawn(4, seed=2)
EXAMPLES = [
    example("FusedConv", drawn(1, 2, 4, 3), drawn(3, 2, 3, 2), drawn(3), activation="Tanh", pads=[1, 0, 0, 1]),
    example("FusedConv", drawn(1, 2, 4, 3), drawn(2, 1, 2, 2), None, drawn(1, 2, 3, 2), group=2, activation="Sigmoid"),
    example("FusedConv", drawn(1, 2, 4, 3), drawn(2, 2, 2, 2), activation="Clip", activation_params=[-1.0, 1.5]),
    example("FusedGemm", drawn(3, 2), drawn(4, 3), drawn(4), transA=1, transB=1, activation="LeakyRelu"),
    example("FusedMatMul", drawn(2, 4, 3), drawn(2, 5, 4), transA=1, transB=1, alpha=0.7),
    example("FusedMatMul", drawn(3, 2, 4), drawn(2, 4, 5), transBatchA=1),
    example("TransposeMatMul", drawn(4, 3), drawn(4, 5), transA=1),
    example("Gelu", X),
    example("BiasGelu", X, ROW),
    example("FastGelu", X, ROW),
    example("QuickGelu", X, alpha=1.3),
    example("SkipLayerNormalization", X, SKIP, ROW, drawn(4, seed=3), drawn(4, seed=4), outputs=4),
    example("SkipLayerNormalization", X, SKIP, ROW),
    example("SkipSimplifiedLayerNormalization", X, SKIP, ROW, drawn(4, seed=4), outputs=4),
    Example(name="SimplifiedLayerNormalization", inputs=(X, ROW), outputs=2),
    example("DequantizeLinear", np.array([3, 200], np.uint8), np.array(0.1), np.array(7, np.uint8)),
]
