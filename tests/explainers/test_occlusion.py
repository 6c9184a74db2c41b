"""Occlusion: by hand for a sum over pixels; windows cover every place."""

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.explainers.base import Question
from nnlab.explainers.occlusion import Occlusion


class Weighed:
    """score 0 = sum of all pixels times their weights"""

    def __init__(self, weights: np.ndarray):
        self.weights, self.asked = weights, list[int]()

    def scores(self, x: np.ndarray) -> np.ndarray:
        self.asked.append(len(x))
        return (x * self.weights[..., None]).sum(axis=(1, 2, 3), keepdims=False)[:, None]


def asked(height: int, width: int) -> Question:
    return Question(np.ones((height, width, 2)), 0, np.zeros(2))


def test_the_drop_of_a_sum_is_what_the_window_holds() -> None:
    weights = np.zeros((4, 6))
    weights[1, 4] = 3
    found = Occlusion(window=2, stride=2, baseline="black").explain(Weighed(weights), asked(4, 6))
    expected = np.zeros((4, 6))
    expected[0:2, 4:6] = 6  # both channels
    np.testing.assert_array_equal(found.weights, expected)
    assert found.facts["windows"] == 6


def test_where_windows_overlap_a_place_has_the_mean_of_theirs() -> None:
    weights = np.zeros((1, 3))
    weights[0, 0] = 1
    found = Occlusion(window=1, stride=1, baseline="black").explain(Weighed(weights), asked(1, 3))
    np.testing.assert_array_equal(found.weights, [[2, 0, 0]])
    wide = np.zeros((2, 3))
    wide[:, 0] = 1
    found = Occlusion(window=2, stride=1, baseline="black").explain(Weighed(wide), asked(2, 3))
    np.testing.assert_array_equal(found.weights, [[4, 2, 0]] * 2)


@pytest.mark.parametrize(("height", "width", "window", "stride"), [(7, 9, 3, 2), (5, 5, 5, 1), (10, 4, 3, 3)])
def test_every_place_is_covered_a_few_windows_at_a_time(height: int, width: int, window: int, stride: int) -> None:
    network = Weighed(np.ones((height, width)))
    found = Occlusion(window=window, stride=stride, baseline="black").explain(network, asked(height, width))
    np.testing.assert_allclose(found.weights, 2 * window**2)
    assert sum(network.asked) == found.facts["windows"] + 1 and max(network.asked) <= 16


def test_covered_with_its_mean_an_even_picture_loses_nothing() -> None:
    found = Occlusion(window=2).explain(Weighed(np.ones((6, 6))), asked(6, 6))
    np.testing.assert_allclose(found.weights, 0, atol=1e-12)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"window": 9}, "--window=9: is larger than the network's input of 12 x 8; at most 8"),
        ({"window": 2, "stride": 3}, "--stride=3: leaves places out between windows of 2; at most 2"),
    ],
)
def test_windows_that_do_not_fit_are_refused(options: dict[str, int], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Occlusion(**options).refuse(None, (8, 12, 3))
