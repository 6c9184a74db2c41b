"""Examples of the elementwise operators: inputs away from corners and poles, so that differences hold."""

import numpy as np

from nnlab.core.types import Array
from nnlab.testing.operators import Example


def spread(low: float, high: float, shape: tuple[int, ...] = (2, 3), seed: int = 0) -> Array:
    """Numbers from low to high in random order, none of them near another."""
    numbers = np.linspace(low, high, int(np.prod(shape)))
    return np.random.default_rng(seed).permutation(numbers).reshape(shape)


REAL = spread(-2.1, 2.3)
POSITIVE = spread(0.3, 3.2)
INSIDE = spread(-0.9, 0.8)
ABOVE_ONE = spread(1.2, 4.0)
OFF_WHOLE = np.array([[-2.3, 0.3, 1.2], [2.7, -1.6, -0.4]])  # nor near the half of a whole number

UNARY = [
    *(
        Example(name=name, inputs=(REAL,))
        for name in (
            *("Abs", "Atan", "Asinh", "Cos", "Cosh", "Erf", "Exp", "Mish", "Neg", "Relu"),
            *("Selu", "Sigmoid", "Sign", "Sin", "Sinh", "Softplus", "Softsign", "Tanh"),
        )
    ),
    *(Example(name=name, inputs=(POSITIVE,)) for name in ("Log", "Reciprocal", "Sqrt")),
    *(Example(name=name, inputs=(INSIDE,)) for name in ("Acos", "Asin", "Atanh", "Tan")),
    *(Example(name=name, inputs=(OFF_WHOLE,)) for name in ("Ceil", "Floor", "Round")),
    Example(name="Acosh", inputs=(ABOVE_ONE,)),
    Example(name="Exp", inputs=(np.array(0.5),)),
    Example(name="Exp", inputs=(np.zeros((0, 3)),)),
    Example(name="Erf", inputs=(spread(-6.5, 6.5, (3, 5)),)),
    Example(name="Celu", attributes={"alpha": 1.7}, inputs=(REAL,)),
    Example(name="Elu", attributes={"alpha": 1.3}, inputs=(REAL,)),
    Example(name="HardSigmoid", inputs=(spread(-4, 4.5),)),
    Example(name="HardSwish", inputs=(spread(-4, 4.5),)),
    Example(name="LeakyRelu", attributes={"alpha": 0.2}, inputs=(REAL,)),
    Example(name="Selu", attributes={"alpha": 1.4, "gamma": 0.7}, inputs=(REAL,)),
    Example(name="Shrink", attributes={"bias": 0.3, "lambd": 0.6}, inputs=(REAL,)),
    Example(name="Swish", attributes={"alpha": 1.4}, inputs=(REAL,)),
    Example(name="ThresholdedRelu", attributes={"alpha": 0.8}, inputs=(REAL,)),
]

OTHER = spread(0.4, 2.6, seed=1)
ROW = spread(-1.7, 1.4, (3,), seed=2)
COLUMN = spread(0.6, 1.9, (2, 1), seed=3)

BINARY = [
    *(Example(name=name, inputs=(REAL, OTHER)) for name in ("Add", "Sub", "Mul", "Div")),
    *(Example(name=name, inputs=(ROW, COLUMN)) for name in ("Add", "Sub", "Mul", "Div")),
    Example(name="Mul", inputs=(np.array(0.7), np.array(-1.3))),
    Example(name="Pow", inputs=(POSITIVE, COLUMN)),
    Example(name="Pow", inputs=(REAL, np.array(3.0)), fixed=(1,)),  # no logarithm of what is negative
    Example(name="Pow", inputs=(REAL, np.array(2))),
    Example(name="Mod", attributes={"fmod": 1}, inputs=(OFF_WHOLE, OTHER)),
    Example(name="Mod", inputs=(OFF_WHOLE, COLUMN), opset=28),
]

VARIADIC = [
    *(Example(name=name, inputs=(REAL,)) for name in ("Max", "Mean", "Min", "Sum")),
    *(Example(name=name, inputs=(REAL, OTHER)) for name in ("Max", "Mean", "Min", "Sum")),
    *(Example(name=name, inputs=(REAL, ROW, COLUMN)) for name in ("Max", "Mean", "Min", "Sum")),
]

CHANNELS = spread(-1.9, 2.2, (2, 3, 4), seed=4)

ACTIVATIONS = [
    Example(name="PRelu", inputs=(REAL, ROW)),
    Example(name="PRelu", inputs=(CHANNELS, spread(0.1, 0.9, (3,)))),  # one slope per channel
    Example(name="Gelu", inputs=(REAL,)),
    Example(name="Gelu", attributes={"approximate": "tanh"}, inputs=(REAL,)),
    Example(name="SwiGLU", attributes={"alpha": 1.4}, inputs=(REAL, OTHER)),
    *(Example(name=name, inputs=(CHANNELS,)) for name in ("Softmax", "LogSoftmax")),
    *(Example(name=name, attributes={"axis": 1}, inputs=(CHANNELS,)) for name in ("Softmax", "LogSoftmax")),
    *(Example(name=name, inputs=(CHANNELS,), opset=11) for name in ("Softmax", "LogSoftmax")),
    *(Example(name=name, inputs=(np.zeros((2, 0)),)) for name in ("Softmax", "LogSoftmax")),
]

CHOICES = [
    Example(name="Where", inputs=(np.array([[True], [False]]), REAL, ROW)),
    Example(name="Clip", inputs=(REAL,)),
    Example(name="Clip", inputs=(REAL, None, np.array(0.7))),
    Example(name="Clip", inputs=(REAL, np.array(-0.8), np.array(0.7))),
    Example(name="Clip", inputs=(REAL, np.array(0.8), np.array(-0.7))),  # the bounds crossed: the upper one wins
    Example(name="Clip", attributes={"min": -0.8, "max": 0.7}, inputs=(REAL,), opset=10),
    Example(name="Trilu", inputs=(CHANNELS,)),
    Example(name="Trilu", attributes={"upper": 0}, inputs=(CHANNELS, np.array(1))),
]

TYPES = [
    Example(name="Cast", attributes={"to": 11}, inputs=(REAL,)),
    Example(name="Cast", attributes={"to": 7}, inputs=(OFF_WHOLE,)),
    Example(name="CastLike", inputs=(REAL, np.array(1.0))),
    Example(name="Identity", inputs=(REAL,)),
    Example(name="EyeLike", attributes={"k": 1}, inputs=(REAL,)),
    Example(name="EyeLike", attributes={"dtype": 7}, inputs=(REAL,)),
    Example(name="Range", inputs=(np.array(0.3), np.array(2.0), np.array(0.4))),
    Example(name="Range", inputs=(np.array(2), np.array(-9), np.array(-3))),
]

ON, OFF = np.array(True), np.array(False)

CHANCE = [
    Example(name="Dropout", attributes={"seed": 3}, inputs=(CHANNELS, np.array(0.4), ON), fixed=(1,)),
    Example(name="Dropout", attributes={"seed": 3}, inputs=(CHANNELS, np.array(0.4), ON), fixed=(1,), outputs=2),
    Example(name="Dropout", inputs=(CHANNELS, np.array(0.4), OFF), fixed=(1,)),
    Example(name="Dropout", inputs=(CHANNELS,), outputs=2),
    Example(name="Dropout", attributes={"ratio": 0.4}, inputs=(CHANNELS,), opset=7, outputs=2),
    Example(name="RandomNormalLike", attributes={"seed": 1.0, "mean": 2.0}, inputs=(REAL,)),
    Example(name="RandomUniformLike", attributes={"seed": 1.0, "high": 2.0}, inputs=(REAL,)),
]

LABELS = np.array([[0, 2, 1, 1], [2, 2, 0, 1]])
WEIGHTS = np.array([0.3, 1.2, 0.8])
LOSSES = [
    Example(name=name, attributes={"reduction": reduction, **ignored}, inputs=(CHANNELS, LABELS, *weights))
    for name in ("NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss")
    for reduction in ("mean", "sum", "none")
    for ignored in ({}, {"ignore_index": 1})
    for weights in ((), (WEIGHTS,))
] + [
    Example(name="NegativeLogLikelihoodLoss", inputs=(REAL, np.array([2, 0]))),
    Example(name="SoftmaxCrossEntropyLoss", inputs=(REAL, np.array([2, 0]), WEIGHTS), outputs=2),
    Example(name="SoftmaxCrossEntropyLoss", attributes={"ignore_index": -1}, inputs=(REAL, np.array([2, -1]))),
]

WITH_ZEROS = np.array([[0.5, 0.0, -1.5, 2.0], [0.0, 1.5, 0.0, -0.7]])

SUMS = [
    *(
        Example(name=name, attributes={"exclusive": exclusive, "reverse": reverse}, inputs=(x, np.array(axis)))
        for name in ("CumSum", "CumProd")
        for exclusive in (0, 1)
        for reverse in (0, 1)
        for x, axis in ((WITH_ZEROS, 1), (CHANNELS, -2))
    ),
    Example(name="Det", inputs=(np.random.default_rng(5).standard_normal((2, 3, 3)),)),
    Example(name="Det", inputs=(np.array([[2.5]]),)),
]

WHOLE = np.arange(-6, 6, dtype=np.int8).reshape(3, 4)
ZEROS = np.array([1, -2, 3], np.int8)
QUANTIZED = [
    Example(name="DequantizeLinear", inputs=(WHOLE, np.array(0.3))),
    Example(name="DequantizeLinear", inputs=(WHOLE, np.array(0.3), np.array(2, np.int8))),
    Example(name="DequantizeLinear", attributes={"axis": 0}, inputs=(WHOLE, np.array([0.3, 0.7, 1.1]), ZEROS)),
    Example(name="DequantizeLinear", attributes={"axis": 1, "block_size": 3}, inputs=(WHOLE, spread(0.2, 0.9, (3, 2)))),
]

EXAMPLES = [
    *(*UNARY, *BINARY, *VARIADIC, *ACTIVATIONS, *CHOICES),
    *(*TYPES, *CHANCE, *LOSSES, *SUMS, *QUANTIZED),
]
