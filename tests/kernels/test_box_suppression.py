"""Suppression: as each box against each says it, whatever the order; as ONNX's operator on its engines."""

import numpy as np
import pytest

from nnlab.kernels.box_suppression import Suppression
from tests.campaigns.suppression import differing_by_hand, differing_on, said


def test_as_one_box_at_a_time_has_it_in_any_order() -> None:
    assert not differing_by_hand(range(10))  # 1,000 of them: tests/campaigns/suppression.py


def test_two_around_one_thing() -> None:
    corners = np.array([[0.0, 0, 10, 10], [0, 0, 10, 8], [20, 0, 30, 10]])  # the first two overlap by 0.8
    labels, scores = np.array([0, 0, 0]), np.array([0.9, 0.8, 0.5])
    assert said(Suppression(), corners, labels, scores) == [(0, 0, 0, 10, 10, 0.9), (0, 20, 0, 30, 10, 0.5)]
    _, left = Suppression(kind="linear")(corners, labels, scores)
    np.testing.assert_allclose(left, [0.9, 0.5, 0.8 * 0.2])
    _, left = Suppression(kind="gaussian")(corners, labels, scores)
    np.testing.assert_allclose(left, [0.9, 0.5, 0.8 * np.exp(-0.64 / 0.5)])
    assert len(Suppression()(corners, np.array([0, 1, 0]), scores)[0]) == 3
    assert len(Suppression(by_class=False)(corners, np.array([0, 1, 0]), scores)[0]) == 2


def test_exactly_the_overlap_is_not_too_much() -> None:
    corners, labels, scores = np.array([[0.0, 0, 10, 10], [0, 0, 10, 5]]), np.zeros(2, int), np.array([0.9, 0.8])
    assert len(Suppression(overlap=0.5)(corners, labels, scores)[0]) == 2
    assert len(Suppression(overlap=0.49)(corners, labels, scores)[0]) == 1


@pytest.mark.parametrize("engine", ["numpy", "torch", "onnxruntime"])
def test_as_the_onnx_operator_on_every_engine(engine: str) -> None:
    if engine != "numpy":
        pytest.importorskip(engine)
    assert not differing_on(engine, range(10))
