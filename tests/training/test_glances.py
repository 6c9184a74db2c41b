import math

import numpy as np
import pytest

from nnlab.training.glances import FEWEST, OUTPUTS, WEIGHTS, WeightsSeen, outputs_seen, squares


def test_mean_deviation_and_share_of_zeros_of_all_outputs():
    found = outputs_seen(np.float32([[1, 0], [3, 0], [0, 4]]), None)
    assert found["activation"] == {"mean": 1.33333, "std": 1.59861, "zeros": 0.5}  # 8/6; sqrt(26/6 - (8/6)^2); 3 of 6
    assert found["units"] == 2


def test_a_unit_that_is_zero_in_every_sample_and_place_is_dead():
    outputs = np.ones((4, 2, 2, 3), np.float32)
    outputs[..., 1] = 0
    outputs[:, 0, 0, 2] = 0  # at one place only
    assert outputs_seen(outputs, None)["dead"] == [1]


@pytest.mark.parametrize("ends", [(-1.0, 1.0), (0.0, 6.0)])
def test_a_unit_that_stays_at_an_end_is_dead_and_one_that_leaves_it_once_is_not(ends):
    low, high = ends
    outputs = np.tile(np.float32([low, high, high, (low + high) / 2 + 0.5]), (FEWEST, 1))
    outputs[0, 1] = low
    outputs[0, 2] = (low + high) / 2 + 0.5
    assert outputs_seen(outputs, ends)["dead"] == [0, 1]
    assert outputs_seen(outputs, None)["dead"] == ([0] if low == 0 else [])


def test_of_few_samples_no_unit_is_called_dead():
    assert outputs_seen(np.zeros((FEWEST - 1, 2)), None)["dead"] == []
    assert outputs_seen(np.zeros((FEWEST, 2)), None)["dead"] == [0, 1]


def test_of_many_outputs_every_part_of_the_batch_is_looked_at():
    outputs = np.zeros((3 * OUTPUTS // 4, 4), np.float32)
    outputs[-1] = 1
    outputs[: len(outputs) // 2, 0] = 1
    found = outputs_seen(outputs, None)
    assert found["dead"] == []
    assert found["activation"]["mean"] == pytest.approx(1 / 8, rel=1e-3)


@pytest.mark.filterwarnings("error")
def test_what_is_not_finite_is_found_without_a_warning():
    found = outputs_seen(np.float32([[np.inf, np.nan], [-np.inf, 1]] * FEWEST), None)
    assert math.isnan(found["activation"]["mean"])
    assert found["dead"] == []


@pytest.mark.parametrize("size", [0, 1, 1023, 1024, 5000])
def test_squares_are_summed_whatever_the_size_and_the_order_in_memory(size):
    values = np.random.default_rng(0).normal(size=size).astype(np.float32)
    assert squares(values) == pytest.approx(float((values.astype(np.float64) ** 2).sum()), rel=1e-5)  # of float32
    folded = np.asfortranarray(values.reshape(-1, 1))
    assert squares(folded) == squares(values)


def test_how_far_weights_moved_is_found_of_all_of_few_and_of_pieces_of_many():
    few = np.float64([3.0, 4.0])
    seen = WeightsSeen.of(few)
    few += 1.0
    assert (seen.squares, seen.moved(few)) == (25.0, (2.0, 25.0))
    many = np.ones((WEIGHTS // 100, 300), np.float32)
    seen = WeightsSeen.of(many)
    assert len(seen.pieces.ravel()) <= WEIGHTS
    many *= 1.5
    moved, there = seen.moved(many)
    assert moved / there == 0.25
    assert seen.squares == many.size
