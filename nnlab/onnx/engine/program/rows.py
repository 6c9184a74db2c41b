"""One row of numbers beside every row of a matrix: a bias, a factor for each channel.

To combine a few numbers at a time takes NumPy longer than the numbers take: so the row is laid out several times side
by side, and as many rows of the matrix are taken as one.
"""

from functools import partial

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.engine.program.layout import flat
from nnlab.onnx.engine.program.site import Call

RUN = 1024
"""Numbers of the rows that are taken as one."""


def repeated(row: Array) -> Array:
    """The row several times.  Shapes:  row: (numbers,); result: (times * numbers,)"""
    return np.tile(row, max(1, RUN // max(1, len(row))))


def by_rows(function: np.ufunc, x: Array, long: Array, y: Array) -> list[Call]:
    """The calls that make every row of y the function of one of x and of the row.

    Shapes:  x, y: (places, numbers); long: as `repeated` gives it
    """
    numbers = x.shape[1]
    times = len(long) // numbers if numbers else 1
    source, target = flat(x), flat(y)
    if source is None or target is None or len(x) < 2 * times or times == 1:
        return [partial(function, x, long[:numbers], out=y)]
    whole = len(x) // times * times * numbers
    calls: list[Call] = [
        partial(function, source[:whole].reshape(-1, len(long)), long, out=target[:whole].reshape(-1, len(long)))
    ]
    if whole < len(source):
        calls.append(partial(function, source[whole:], long[: len(source) - whole], out=target[whole:]))
    return calls
