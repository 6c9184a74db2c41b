"""A comparison as an array."""

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import pytest

from nnlab.checks.parity.result import Comparison
from nnlab.tracking.comparison.differences import Differences, Peak

Compared = Callable[..., Comparison]


def test_every_difference_has_its_place(compared: Compared) -> None:
    found = Differences.of(compared(4))
    names = [tensor.name for tensor in found.tensors]
    assert found.values.shape == (4, 13) and found.values.dtype == np.float64
    assert found.values[:, names.index("dense_1.weight")] == pytest.approx([1e-6, 2e-6, 3e-6, 4e-6])
    assert np.isnan(found.values[:, names.index("dev probabilities")]).tolist() == [True, False, True, False]
    assert found.epochs.tolist() == [1, 1, 2, 2]


def test_the_worst_is_that_of_tensors_with_signal(compared: Compared) -> None:
    comparison = compared(4)
    assert Differences.of(comparison).worst == Peak("dense_1.weight", 4e-6, 4)
    assert comparison.worst == ("dense_1.weight", 4e-6)


def test_what_is_not_finite_is_the_worst(broken: Comparison) -> None:
    assert Differences.of(broken).worst == Peak("loss", math.inf, 1)


def test_no_step_has_no_worst(compared: Compared) -> None:
    found = Differences.of(compared(0))
    assert found.worst is None
    assert found.binned(240).values.shape == (13, 0)


@pytest.mark.parametrize(("steps", "most", "columns"), [(4, 240, 4), (4, 2, 2), (5, 2, 2), (2000, 240, 223)])
def test_a_column_shows_the_worst_of_its_steps(compared: Compared, steps: int, most: int, columns: int) -> None:
    found = Differences.of(compared(steps))
    binned = found.binned(most)
    weight = [tensor.name for tensor in found.tensors].index("dense_1.weight")
    assert binned.values.shape == (13, columns)
    assert binned.spans[0][0] == 1 and binned.spans[-1][1] == steps
    assert all(one[1] + 1 == other[0] for one, other in zip(binned.spans, binned.spans[1:], strict=False))
    assert binned.values[weight] == pytest.approx([last * 1e-6 for _, last in binned.spans])
    assert [binned.column(step) for step in (1, steps)] == [0, columns - 1]
    assert binned.column(steps + 1) is None


def test_a_tensor_that_came_and_is_not_listed_is_shown_too(compared: Compared) -> None:
    found = Differences.of(dataclasses.replace(compared(2), tensors=("loss",)))
    assert len(found.tensors) == 13 and found.tensors[0].name == "loss"
