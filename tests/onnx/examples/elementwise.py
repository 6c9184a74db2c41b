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

EXAMPLES = [*UNARY, *BINARY, *VARIADIC]
