"""A graph tried out on two samples before it is trained: what it gives, and what of it learns."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array, Shape
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.ops.base import NoGradientError, is_float
from nnlab.onnx.train.learning import candidates, reached, why_nothing_learns

SAMPLES = 2
"""The fewest that show whether the batch axis is one."""


@dataclass(frozen=True, eq=False)
class Trial:
    """What was seen.

    Options:  shape: of one output sample, without axes of 1 beside the classes'.  y: the two outputs.
              learning: the stored values that a gradient reaches, by name.
              left: how many more there are that are made to learn and that no gradient reaches.
    """

    shape: Shape
    y: Array
    learning: Mapping[str, Array]
    left: int


def tried(model: NumpyModel, plan: Plan, x: Array, *, where: str, learns: bool = True) -> Trial:
    """Runs the plan forward and back on two samples.

    Options:  learns: whether it is to learn; if not, only forward.
    Raises:  DataError: when it does not give a row of numbers for each sample, or nothing in it learns.
    """
    values = model.values({**plan.constants, plan.inputs[0]: x}, plan=plan)
    y = values[plan.outputs[0]]
    if not is_float(y):
        what = f"gives {getattr(y, 'dtype', type(y).__name__)}, and training needs numbers of floating point"
        raise DataError(what, where=f"{where}: output {plan.outputs[0]}")
    if y.ndim < 2 or len(y) != len(x):
        raise DataError(f"gives {y.shape} for two samples: it is made for batches of one", where=where)
    if not learns:
        return Trial(squeezed(y.shape[1:]), y, {}, 0)
    try:
        names = reached(plan, values)
    except NoGradientError as error:
        raise DataError(
            error.what, where=f"{where}: {error.where}", hint="replace the node, or train what stands behind it"
        ) from error
    stored = candidates(plan)
    learning = {name: model.plan.constants[name] for name in stored if name in names}
    if not learning:
        what = f"has nothing that learns: {why_nothing_learns(plan, len(model.view.graph.outputs))}"
        raise DataError(what, where=where, hint="export it in floating point, before it is quantised or optimised")
    return Trial(squeezed(y.shape[1:]), y, learning, len(stored) - len(learning))


def squeezed(sample: Shape) -> Shape:
    """A sample's shape without axes of 1, where that leaves one axis: 10 x 1 x 1 is 10."""
    rest = tuple(size for size in sample if size != 1)
    return (rest or (1,)) if len(rest) <= 1 else sample


def samples_like(shape: Shape) -> Array:
    """Two samples between 0 and 1, always the same ones."""
    return np.random.default_rng(0).random((SAMPLES, *shape), dtype=np.float32)
