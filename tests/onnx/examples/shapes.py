"""Examples of operators on shapes, places, reductions and spectra; no two values are near each other, none near 0."""

from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.testing.operators import Example


def spread(*shape: int, seed: int = 0) -> Array:
    """Numbers from -2 to 2.5 in random order, none of them near another or near 0."""
    numbers = np.linspace(-2, 2.5, int(np.prod(shape)) + 1)
    chosen = np.delete(numbers, np.argmin(np.abs(numbers)))
    return np.random.default_rng(seed).permutation(chosen).reshape(shape)


def positive(*shape: int, seed: int = 0) -> Array:
    """Numbers from 0.2 to 4.7, in random order."""
    return np.abs(spread(*shape, seed=seed)) + 0.2


def ints(*numbers: Any) -> Array:
    """Sizes, axes or places."""
    return np.array(numbers, np.int64)


def number(value: int) -> Array:
    """A single one."""
    return np.array(value, np.int64)


REDUCTIONS = ("Sum", "Mean", "SumSquare", "L1", "L2", "Max", "Min", "Prod", "LogSumExp")

EXAMPLES = [
    Example(name="Reshape", inputs=(spread(2, 6), ints(3, -1))),
    Example(name="Reshape", inputs=(spread(2, 6), ints(0, 2, 3)), opset=13),
    Example(name="Flatten", attributes={"axis": 2}, inputs=(spread(2, 3, 4),)),
    Example(name="Flatten", attributes={"axis": -1}, inputs=(spread(2, 3, 4),)),
    Example(name="Squeeze", inputs=(spread(1, 3, 1), ints(-1))),
    Example(name="Squeeze", inputs=(spread(1, 3, 1),)),
    Example(name="Squeeze", attributes={"axes": [0]}, inputs=(spread(1, 3, 1),), opset=11),
    Example(name="Unsqueeze", inputs=(spread(2, 3), ints(0, -1))),
    Example(name="Unsqueeze", attributes={"axes": [1]}, inputs=(spread(2, 3),), opset=11),
    Example(name="Transpose", attributes={"perm": [1, 2, 0]}, inputs=(spread(2, 3, 4),)),
    Example(name="Transpose", inputs=(spread(2, 3),)),
    Example(name="Expand", inputs=(spread(3, 1), ints(2, 1, 4))),
    Example(name="Tile", inputs=(spread(2, 3), ints(2, 3))),
    Example(name="Concat", attributes={"axis": -1}, inputs=(spread(2, 3), spread(2, 1, seed=1), spread(2, 2, seed=2))),
    Example(name="Split", attributes={"axis": 1}, inputs=(spread(2, 5), ints(2, 3)), outputs=2),
    Example(name="Split", attributes={"axis": -1, "num_outputs": 3}, inputs=(spread(2, 7),), outputs=3),
    Example(name="Split", attributes={"split": [1, 3]}, inputs=(spread(4, 2),), opset=11, outputs=2),
    Example(name="Slice", inputs=(spread(4, 5), ints(-1, 1), ints(-100, 4), ints(0, 1), ints(-2, 2))),
    Example(name="Slice", attributes={"starts": [1], "ends": [-1], "axes": [1]}, inputs=(spread(2, 5),), opset=9),
    Example(name="Pad", inputs=(spread(2, 3), ints(1, 0, 0, 2), np.array(0.7), ints(1, 0))),
    Example(name="Pad", inputs=(spread(3, 4), ints(-1, 1, 2, -2)), fixed=()),
    Example(name="Pad", attributes={"mode": "reflect"}, inputs=(spread(3, 4), ints(2, 1, 0, 3))),
    Example(name="Pad", attributes={"mode": "edge"}, inputs=(spread(3, 4), ints(2, 0, 1, 3))),
    Example(name="Pad", attributes={"mode": "wrap"}, inputs=(spread(3, 4), ints(4, 1, -1, 2))),
    Example(name="Pad", attributes={"pads": [0, 1, 1, 0], "value": 0.3}, inputs=(spread(2, 3),), opset=10),
    Example(name="Gather", attributes={"axis": 1}, inputs=(spread(2, 3, 2), ints([0, -1], [0, 1]))),
    Example(name="Gather", inputs=(spread(3), number(-1))),
    Example(name="GatherElements", attributes={"axis": 1}, inputs=(spread(2, 3), ints([0, -1, 0], [2, 2, 1]))),
    Example(name="GatherND", inputs=(spread(2, 3, 2), ints([0, 1], [1, -1], [0, 1]))),
    Example(name="GatherND", attributes={"batch_dims": 1}, inputs=(spread(2, 3, 2), ints([[1]], [[-1]]))),
    Example(
        name="Scatter", attributes={"axis": 1}, inputs=(spread(2, 3), ints([2], [-3]), spread(2, 1, seed=1)), opset=10
    ),
    *(
        Example(
            name="ScatterElements",
            attributes={"axis": 1, "reduction": how},
            inputs=(
                spread(2, 4),
                ints([1, 1], [0, -1]) if how != "none" else ints([1, 2], [0, -1]),
                spread(2, 2, seed=1),
            ),
        )
        for how in ("none", "add", "mul", "min", "max")
    ),
    *(
        Example(
            name="ScatterND",
            attributes={"reduction": how},
            inputs=(spread(3, 2), ints([1], [-1]) if how == "none" else ints([1], [1]), spread(2, 2, seed=1)),
        )
        for how in ("none", "add", "mul", "min", "max")
    ),
    Example(name="TensorScatter", inputs=(spread(2, 4, 2), spread(2, 2, 2, seed=1), ints(1, 2))),
    Example(
        name="TensorScatter",
        attributes={"mode": "circular", "axis": 1},
        inputs=(spread(2, 4, 2), spread(2, 3, 2, seed=1), ints(3, 0)),
    ),
    Example(name="OneHot", attributes={"axis": 0}, inputs=(ints(1, -1, 7), number(3), spread(2))),
    Example(name="Compress", attributes={"axis": 1}, inputs=(spread(2, 4), np.array([True, False, True]))),
    Example(name="Compress", inputs=(spread(2, 2), np.array([False, True, True]))),
    Example(name="Unique", inputs=(spread(2, 3),), outputs=4),
    Example(name="Unique", attributes={"axis": 1, "sorted": 0}, inputs=(spread(2, 3),), outputs=4),
    Example(name="TopK", attributes={"axis": 0}, inputs=(spread(4, 2), ints(2)), outputs=2),
    Example(name="TopK", attributes={"largest": 0}, inputs=(spread(2, 4), ints(3)), outputs=2),
    Example(name="TopK", attributes={"k": 2}, inputs=(spread(2, 4),), opset=9, outputs=2),
    Example(name="ReverseSequence", inputs=(spread(4, 3, 2), ints(4, 1, 2))),
    *(
        Example(name=f"Reduce{kind}", attributes={"keepdims": keepdims}, inputs=(spread(2, 3, 2), ints(0, -1)))
        for kind in REDUCTIONS
        for keepdims in (0, 1)
    ),
    *(Example(name=f"Reduce{kind}", inputs=(spread(2, 3),)) for kind in REDUCTIONS),
    *(Example(name=f"Reduce{kind}", attributes={"axes": [1]}, inputs=(spread(2, 3),), opset=11) for kind in REDUCTIONS),
    *(
        Example(name=f"Reduce{kind}", attributes={"noop_with_empty_axes": 1}, inputs=(spread(2, 3), ints()))
        for kind in REDUCTIONS
    ),
    Example(name="ReduceProd", inputs=(np.array([[0.0, 1.5, -2.0], [0.0, 2.0, 0.0]]), ints(1))),
    Example(name="ReduceLogSum", inputs=(positive(2, 3, 2), ints(1))),
    Example(name="ReduceLogSum", inputs=(positive(2, 3),), opset=11),
    Example(name="DFT", inputs=(spread(2, 5, 1),)),
    Example(name="DFT", inputs=(spread(2, 4, 2), number(6), number(1))),
    Example(name="DFT", attributes={"onesided": 1}, inputs=(spread(2, 5, 1), number(4))),
    Example(name="DFT", attributes={"inverse": 1}, inputs=(spread(3, 4, 2), None, number(0))),
    Example(name="DFT", attributes={"inverse": 1, "onesided": 1}, inputs=(spread(2, 3, 2),)),
    Example(name="DFT", attributes={"inverse": 1, "onesided": 1}, inputs=(spread(2, 3, 2), number(5))),
    Example(name="DFT", attributes={"axis": 1}, inputs=(spread(2, 3, 2, 1),), opset=17),
    Example(name="Optional", inputs=(spread(2, 3),)),
    Example(name="OptionalGetElement", inputs=(spread(2, 3),)),
    Example(name="STFT", inputs=(spread(2, 8, 1), number(2), positive(4, seed=1))),
    Example(name="STFT", attributes={"onesided": 0}, inputs=(spread(1, 8, 2), number(3), None, number(4))),
]
