"""Examples of recurrent layers: every input that learns, both directions, lengths, functions with own numbers."""

from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.testing.operators import Example

STEPS, BATCH, WIDTH, HIDDEN = 3, 2, 2, 2
GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
BOTH = {"direction": "bidirectional"}


def drawn(*shape: int, seed: int = 0) -> Array:
    """Numbers around 0."""
    return np.random.default_rng(seed).standard_normal(shape)


def example(name: str, *, lengths: bool = False, **attributes: Any) -> Example:
    """One with a bias, and with `lengths` also first states; an LSTM's peepholes too."""
    rows, ways = GATES[name] * HIDDEN, 2 if attributes.get("direction") == "bidirectional" else 1
    x, state = drawn(STEPS, BATCH, WIDTH), drawn(ways, BATCH, HIDDEN, seed=1)
    if attributes.get("layout"):
        x, state = x.swapaxes(0, 1).copy(), state.swapaxes(0, 1).copy()
    inputs = [x, drawn(ways, rows, WIDTH, seed=2), drawn(ways, rows, HIDDEN, seed=3), drawn(ways, 2 * rows, seed=4)]
    if lengths:
        inputs += [np.array([3, 1], np.int32), state]
    if lengths and name == "LSTM":
        inputs += [2 * state, drawn(ways, 3 * HIDDEN, seed=5)]
    return Example(name=name, inputs=tuple(inputs), attributes=attributes, outputs=3 if name == "LSTM" else 2)


EXAMPLES = [
    *(example(name) for name in GATES),
    *(example(name, lengths=True, **BOTH) for name in GATES),
    *(example(name, lengths=True, layout=1) for name in GATES),
    *(example(name, direction="reverse", clip=0.5) for name in GATES),
    example("GRU", lengths=True, linear_before_reset=1, **BOTH),
    example("LSTM", lengths=True, input_forget=1),
    example("LSTM", activations=["HardSigmoid", "Softsign", "Affine"], activation_alpha=[0.3, 0.7]),
    example("GRU", activations=["Softplus", "ScaledTanh"], activation_alpha=[0.8], activation_beta=[0.6]),
    *(example("RNN", activations=[f]) for f in ("Relu", "LeakyRelu", "ThresholdedRelu", "Elu")),
]
