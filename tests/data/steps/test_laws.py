"""Laws of every registered step that moves pixels by chance: what is true of an image goes where its pixels go."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core.placement import Placement
from nnlab.core.rng import Rng
from nnlab.core.truth import Boxes, Mask, Points
from nnlab.data.images.pillow import Pillow
from nnlab.data.steps.base import STEPS, RandomPlacingStep, carried
from nnlab.data.steps.horizontal_flip import HorizontalFlip
from nnlab.data.steps.vertical_flip import VerticalFlip

LIBRARY = Pillow()
WIDTH, HEIGHT = 60, 48
MOVING = [cls for cls in STEPS if issubclass(cls, RandomPlacingStep)]
CASES = [(cls, options) for cls in MOVING for options in cls.examples()]
MORE = [(cls, {"size": (40, 36), "padding": 2}) for cls in MOVING if cls.__name__ == "RandomCrop"]

every_step = pytest.mark.parametrize(("cls", "options"), CASES + MORE, ids=lambda part: getattr(part, "__name__", ""))


def steps(cls: type, options: Mapping[str, Any], count: int) -> Iterator[tuple[RandomPlacingStep, Rng]]:
    step = cls(**{**options, "probability": 1.0})
    return ((step, Rng(seed)) for seed in range(count))


def placements(cls: type, options: Mapping[str, Any], count: int) -> Iterator[Placement]:
    image = LIBRARY.image(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    return (step.place(image, LIBRARY, rng) for step, rng in steps(cls, options, count))


def middle(weight: np.ndarray) -> np.ndarray:
    y, x = np.mgrid[: weight.shape[0], : weight.shape[1]] + 0.5
    return np.array([(weight * x).sum(), (weight * y).sum()]) / weight.sum()


@every_step
def test_a_painted_point_and_its_mask_land_where_its_coordinates_say(cls: type, options: Mapping[str, Any]) -> None:
    seen = 0
    for step, rng in steps(cls, options, 25):
        x, y = rng.generator().integers(12, 36, 2)
        pixels, mask = np.zeros((HEIGHT, WIDTH, 3), np.uint8), np.zeros((HEIGHT, WIDTH), np.uint8)
        pixels[y - 2 : y + 3, x - 2 : x + 3], mask[y - 2 : y + 3, x - 2 : x + 3] = 255, 1
        image, points = carried(
            step, LIBRARY.image(pixels), Points(np.array([[x + 0.5, y + 0.5]]), np.array([True])), LIBRARY, rng
        )
        _, moved = carried(step, LIBRARY.image(pixels), Mask(mask), LIBRARY, rng)
        assert isinstance(points, Points) and isinstance(moved, Mask)
        there, drawn = points.places[0], LIBRARY.pixels(image)[:, :, 0].astype(float)
        rim = np.concatenate([drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]])
        if not points.seen.item() or rim.any():  # some of it has left the image, and with it its middle
            continue
        seen += 1
        np.testing.assert_allclose(middle(drawn), there, atol=0.5)
        np.testing.assert_allclose(middle(moved.pixels == 1), there, atol=0.5)
    assert seen >= 8


@every_step
def test_boxes_come_back(cls: type, options: Mapping[str, Any]) -> None:
    boxes = np.array([[3.0, 5.0, 22.0, 17.5], [30.0, 20.0, 59.0, 47.0]])
    for placement in placements(cls, options, 10):
        back = placement.inverse()
        assert overlap(back.after(placement).boxes(boxes), boxes).min() >= 0.99
        if not placement.matrix[[0, 1, 2, 2], [1, 0, 0, 1]].any():  # upright boxes stay upright
            assert overlap(back.boxes(placement.boxes(boxes)), boxes).min() >= 0.99


def overlap(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    sides = np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2])
    shared = sides.clip(0).prod(axis=1)
    return shared / ((one[:, 2:] - one[:, :2]).prod(axis=1) + (other[:, 2:] - other[:, :2]).prod(axis=1) - shared)


@every_step
def test_labels_and_their_order_stay(cls: type, options: Mapping[str, Any]) -> None:
    image, labels = LIBRARY.image(np.zeros((HEIGHT, WIDTH, 3), np.uint8)), np.array([4, 1, 7])
    boxes = Boxes(np.array([[2.0, 3.0, 9.0, 8.0], [20.0, 20.0, 30.0, 31.0], [40.0, 5.0, 50.0, 9.0]]), labels)
    for step, rng in steps(cls, options, 3):
        _, moved = carried(step, image, boxes, LIBRARY, rng)
        assert isinstance(moved, Boxes)
        assert moved.labels is labels
        np.testing.assert_array_equal(moved.corners, step.place(image, LIBRARY, rng).boxes(boxes.corners))


@pytest.mark.parametrize("cls", [HorizontalFlip, VerticalFlip])
def test_flipped_twice_nothing_has_changed(cls: type[RandomPlacingStep]) -> None:
    @given(st.integers(1, 12), st.integers(1, 12), st.sampled_from([1, 3]), st.integers(0, 2**32))
    def holds(height: int, width: int, channels: int, seed: int) -> None:
        pixels = np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)
        mask = Mask(np.arange(height * width, dtype=np.int32).reshape(height, width))
        image, truth = LIBRARY.image(pixels), mask
        for times in range(2):
            image, truth = carried(cls(probability=1.0), image, truth, LIBRARY, Rng(seed))
            if not times and cls is HorizontalFlip:
                np.testing.assert_array_equal(LIBRARY.pixels(image), pixels[:, ::-1])
        np.testing.assert_array_equal(LIBRARY.pixels(image), pixels)
        np.testing.assert_array_equal(truth.pixels, mask.pixels)

    holds()


@every_step
def test_no_pixel_is_of_a_colour_that_is_not_there(cls: type, options: Mapping[str, Any]) -> None:
    """An image of one colour stays one: what comes into view has that of pixel 0,0 (a random crop's is its own)."""
    pixels = np.full((HEIGHT, WIDTH, 3), (90, 5, 200), np.uint8)
    own = {"background": (90, 5, 200)} if cls.__name__ == "RandomCrop" else {}
    for step, rng in steps(cls, {**options, **own}, 10):
        image, _ = carried(step, LIBRARY.image(pixels), Points(np.zeros((1, 2)), np.ones(1, bool)), LIBRARY, rng)
        np.testing.assert_array_equal(LIBRARY.pixels(image), pixels)
