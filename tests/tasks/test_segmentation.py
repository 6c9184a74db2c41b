"""Segmentation: masks to targets and back, whatever the size of the map."""

import numpy as np
import pytest
from scipy.ndimage import binary_dilation

from nnlab.core.errors import DataError
from nnlab.core.heads import OUTPUT
from nnlab.core.rng import Rng
from nnlab.core.truth import VOID, Mask
from nnlab.metrics.counts import MeanDice
from nnlab.tasks.segmentation import Segmentation
from tests.campaigns.touching_circles import drawn, separated

MASKS = (Mask(np.array([[0, 1, 2], [VOID, 2, 2]], np.uint8)), Mask(np.array([[2, 2, 2], [2, 2, 2]], np.uint8)))


def test_targets_are_one_hot_and_void_counts_for_nothing():
    target = Segmentation().targets(MASKS, {OUTPUT: (2, 3, 3)})[OUTPUT]
    assert target.value.shape == (2, 2, 3, 3)
    np.testing.assert_array_equal(target.value[0, 0], np.eye(3))
    np.testing.assert_array_equal(target.weight[..., 0], [[[1, 1, 1], [0, 1, 1]], [[1, 1, 1], [1, 1, 1]]])
    assert Segmentation().targets(MASKS[1:], {OUTPUT: (2, 3, 3)})[OUTPUT].weight is None


def test_of_a_smaller_map_the_middle_is_learnt():
    mask = Mask(np.arange(7 * 6, dtype=np.uint8).reshape(7, 6) % 3)
    target = Segmentation().targets((mask,), {OUTPUT: (4, 3, 3)})[OUTPUT]
    np.testing.assert_array_equal(target.value[0].argmax(axis=-1), mask.pixels[1:5, 1:4])


def test_the_likeliest_class_is_the_answer_and_what_is_no_number_is_void():
    scores = np.array([[[[0.2, 0.8], [0.5, 0.5]], [[np.nan, 1], [0.9, 0.1]]]])
    (said,) = Segmentation().answers({OUTPUT: scores})
    np.testing.assert_array_equal(said.pixels, [[1, 0], [VOID, 0]])


def test_mistakes_are_the_share_of_pixels_that_are_wrong_of_those_that_are_known():
    said = (Mask(np.array([[0, 0, 2], [0, 2, 2]], np.uint8)), Mask(np.array([[2, 0, 2], [2, 2, 2]], np.uint8)))
    np.testing.assert_allclose(Segmentation().mistakes(said, MASKS), [1 / 5, 1 / 6])
    nothing = Mask(np.full((2, 3), VOID, np.uint8))
    assert Segmentation().mistakes(said[:1], (nothing,)).tolist() == [0]


def test_the_best_guess_is_the_class_of_most_pixels():
    for guess in Segmentation().guesses(MASKS):
        np.testing.assert_array_equal(guess.pixels, np.full((2, 3), 2))


def test_the_chosen_metric_stands_first_and_none_twice():
    assert list(Segmentation().metrics(MeanDice())) == ["mean_dice", "mean_iou", "pixel_accuracy"]


def test_its_options_are_its_reader_s():
    assert Segmentation(void=None, masks="binary").reading == {"void": None, "masks": "binary"}


@pytest.mark.parametrize("size", [(2, 3), (3, 3), (5, 4)])
def test_a_middle_that_is_not_there(size):
    mask = Mask(np.zeros((2, 3), np.uint8))
    if size == (2, 3):
        assert mask.middle(*size) is mask
    else:
        with pytest.raises(ValueError, match="there are no"):
            mask.middle(*size)


def test_what_lies_between_things_that_nearly_touch_counts_most():
    """w = 1 + 10 exp(-(d1 + d2)^2 / 50) by hand: three columns between two squares have d1 + d2 = 4."""
    pixels = np.zeros((9, 15), np.uint8)
    pixels[2:7, 1:5], pixels[2:7, 8:12] = 1, 2
    task = Segmentation(border_weight=10, border_width=5)
    weight = task.targets((Mask(pixels),), {OUTPUT: (9, 15, 3)})[OUTPUT].weight[0, ..., 0]
    np.testing.assert_allclose(weight[4, 5:8], 1 + 10 * np.exp(-(np.array([1 + 3, 2 + 2, 3 + 1]) ** 2) / 50), rtol=1e-6)
    np.testing.assert_allclose(weight[4, 13], 1 + 10 * np.exp(-((2 + 9) ** 2) / 50), rtol=1e-6)
    assert (weight[pixels > 0] == 1).all() and weight.max() == weight[4, 5]
    alone = np.where(pixels == 2, 0, pixels)
    one = task.targets((Mask(alone),), {OUTPUT: (9, 15, 3)})[OUTPUT].weight
    np.testing.assert_array_equal(one, np.ones_like(one))


def test_classes_that_count_alike_and_void_that_counts_nothing():
    pixels = np.array([[0, 0, 0, 1], [0, 0, VOID, 1]], np.uint8)
    task = Segmentation(class_weights="balanced").fitted(("a", "b"), (Mask(pixels),))
    np.testing.assert_allclose(task.weights, [7 / 10, 7 / 4])
    weight = task.targets((Mask(pixels),), {OUTPUT: (2, 4, 2)})[OUTPUT].weight[0, ..., 0]
    np.testing.assert_allclose(weight, [[0.7, 0.7, 0.7, 1.75], [0.7, 0.7, 0, 1.75]])
    assert task.record == {"class_weights": {"a": 0.7, "b": 1.75}}
    np.testing.assert_allclose(Segmentation().restored(task.record).weights, task.weights)
    with pytest.raises(DataError, match="no training sample is of c"):
        Segmentation(class_weights="balanced").fitted(("a", "b", "c"), (Mask(pixels),))


def test_the_campaign_of_touching_circles_tells_pairs_apart_by_what_lies_between() -> None:
    chance = Rng(0).generator()
    for _ in range(20):
        _, mask, pairs = drawn(chance)
        things = mask[..., 0] > 0
        assert separated(things.astype(int), pairs) == [True, True]
        assert separated(binary_dilation(things, iterations=2).astype(int), pairs) == [False, False]
        assert separated(np.zeros_like(things, int), pairs) == [False, False]
