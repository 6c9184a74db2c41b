"""Cells over sequences, by values worked out by hand."""

import math

import numpy as np
import pytest

from nnlab.core.types import Array
from nnlab.kernels.gru_cell import GruCell
from nnlab.kernels.lstm_cell import LstmCell
from nnlab.kernels.recurrence import Direction, Gate, turned
from nnlab.kernels.rnn_cell import RnnCell

DOUBLE = Gate(lambda z: 2 * z, lambda dy, z, y: 2 * dy)
"""A function of which sums can be done in the head."""

ONE: Array = np.ones((1, 1))
STEPS = np.array([1.0, 2.0, 3.0]).reshape(3, 1, 1)


def plain(*, start: float = 0.0, backwards: bool = False, gate: Gate = DOUBLE) -> Direction:
    """h = 2 (x + h[t-1])"""
    return Direction(cell=RnnCell(gate, ONE), w=ONE, bias=np.zeros(1), start=(start * ONE,), backwards=backwards)


def test_a_direction_by_hand() -> None:
    y, (last,) = plain(start=1).forward(STEPS)
    assert y.reshape(-1).tolist() == [4, 12, 30]  # 2 (1 + 1), 2 (2 + 4), 2 (3 + 12)
    assert last.item() == 30
    y, (last,) = plain(backwards=True).forward(STEPS)
    assert y.reshape(-1).tolist() == [34, 16, 6]  # from the end: 2 * 3, 2 (2 + 6), 2 (1 + 16)
    assert last.item() == 34


def test_gradients_by_hand() -> None:
    found = plain(start=1).backward(STEPS, np.zeros((3, 1, 1)), (ONE,))
    assert found.x.reshape(-1).tolist() == [8, 4, 2]  # each step doubles
    assert found.start[0].item() == 8
    assert found.w.item() == 8 * 1 + 4 * 2 + 2 * 3
    assert found.bias.item() == 8 + 4 + 2
    assert found.cell[0].item() == 8 * 1 + 4 * 4 + 2 * 12  # times the state before each step


def test_padding_is_passed_over() -> None:
    x, lengths = np.concatenate([STEPS, STEPS], axis=1), np.array([3, 2])
    side = Direction(cell=RnnCell(DOUBLE, ONE), w=ONE, bias=np.zeros(1), start=(np.zeros((2, 1)),), backwards=True)
    y, (last,) = side.forward(x, lengths)
    assert y[:, :, 0].T.tolist() == [[34, 16, 6], [10, 4, 0]]
    assert last.reshape(-1).tolist() == [34, 10]
    found = side.backward(x, np.ones((3, 2, 1)), (np.zeros((2, 1)),), lengths)
    assert found.x[:, :, 0].T.tolist() == [[2, 6, 14], [2, 6, 0]]


def test_what_is_held_has_no_gradient() -> None:
    held = plain(gate=Gate(DOUBLE.function, DOUBLE.gradient, clip=2.5))
    y, _ = held.forward(STEPS)
    assert y.reshape(-1).tolist() == [2, 5, 5]  # 2 * 1, then 2 + 2 and 3 + 5 are held to 2.5
    assert held.backward(STEPS, np.ones((3, 1, 1)), (0 * ONE,)).x.reshape(-1).tolist() == [2, 0, 0]


def test_turning_twice_changes_nothing() -> None:
    x, lengths = np.arange(24).reshape(4, 3, 2), np.array([4, 0, 2])
    once = turned(x, lengths)
    assert once[:, 2, 0].tolist() == [x[1, 2, 0], x[0, 2, 0], x[2, 2, 0], x[3, 2, 0]]
    np.testing.assert_array_equal(turned(once, lengths), x)


@pytest.mark.parametrize("coupled", [False, True])
def test_an_lstm_step_by_hand(coupled: bool) -> None:
    cell = LstmCell(DOUBLE, DOUBLE, DOUBLE, np.ones((4, 1)), np.array([1.0, 10.0, 100.0]), coupled)
    (h, c), _ = cell.step(np.array([[1.0, 2.0, 3.0, 4.0]]), (ONE, 2 * ONE))
    i, g = 2 * (1 + 1 + 2), 2 * (4 + 1)
    k = 1 - i if coupled else 2 * (3 + 1 + 200)
    assert c.item() == k * 2 + i * g
    assert h.item() == 2 * (2 + 1 + 10 * c.item()) * 2 * c.item()


@pytest.mark.parametrize("reset_after", [False, True])
def test_a_gru_step_by_hand(reset_after: bool) -> None:
    sigmoid = Gate(lambda z: 1 / (1 + np.exp(-z)), lambda dy, z, y: dy * y * (1 - y))
    cell = GruCell(sigmoid, DOUBLE, np.array([[0.0], [0.0], [3.0]]), np.array([5.0]), reset_after)
    (h,), _ = cell.step(np.array([[0.0, math.log(3), 1.0]]), (2 * ONE,))
    u, r = 0.5, 0.75
    n = 2 * (1 + r * (2 * 3 + 5)) if reset_after else 2 * (1 + r * 2 * 3 + 5)
    assert h.item() == pytest.approx((1 - u) * n + u * 2, rel=1e-15)
