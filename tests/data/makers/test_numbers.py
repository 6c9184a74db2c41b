"""The set `numbers`: its sizes, and what the preparation steps rely on."""

from collections import Counter

import numpy as np
import pytest

from nnlab.core.types import Pixels
from nnlab.data.makers.colour import LUMA
from nnlab.data.makers.numbers import Numbers
from nnlab.data.steps.trim import Trim, content_box


@pytest.fixture(scope="module")
def drawn() -> list[tuple[str, Pixels]]:
    maker = Numbers()
    return [(drawing.label, maker.draw(drawing)) for drawing in maker.drawings()[::4]]


def test_is_847_images_in_ten_classes() -> None:
    counts = Counter(drawing.label for drawing in Numbers().drawings())
    assert list(counts) == list("0123456789")
    assert sorted(counts.values()) == [84] * 3 + [85] * 7


def test_images_are_110_by_110_rgb(drawn: list[tuple[str, Pixels]]) -> None:
    assert {image.shape for _, image in drawn} == {(110, 110, 3)}
    assert {image.dtype for _, image in drawn} == {np.dtype(np.uint8)}


def test_trimming_finds_nearly_every_digit_and_some_lie_at_the_very_edge(drawn: list[tuple[str, Pixels]]) -> None:
    """Strong textures, 8% of the pictures, are content to the trim step; every other picture has its digit found."""
    boxes = [content_box(image, Trim().threshold) for _, image in drawn]
    assert all(box is not None for box in boxes)
    found = [box for box in boxes if box is not None and box[2:] != (110, 110)]
    assert len(found) > 0.85 * len(drawn)
    at_an_edge = [box for box in found if 0 in box[:2] or 110 in (box[0] + box[2], box[1] + box[3])]
    assert 0.05 < len(at_an_edge) / len(drawn) < 0.4
    heights = [box[3] for box in found]
    assert min(heights) < 70 < 90 < max(heights)


def test_a_dark_ground_has_a_lighter_digit_and_a_light_one_a_darker(drawn: list[tuple[str, Pixels]]) -> None:
    """So adaptive inversion, which looks at pixel 0,0, gives every picture the same polarity."""
    light_on_dark = 0
    for _, image in drawn:
        luma = image @ LUMA
        ground_is_dark = luma[0, 0] < 127.5
        light_on_dark += ground_is_dark
        digit = luma[np.abs(luma - luma[0, 0]).argmax() // 110, np.abs(luma - luma[0, 0]).argmax() % 110]
        assert (digit > luma[0, 0]) == ground_is_dark
        assert abs(luma[0, 0] - 127.5) > 15  # clear of mid-grey, texture or no
    assert 0.3 < light_on_dark / len(drawn) < 0.5


def test_a_digit_looks_like_others_of_its_class(drawn: list[tuple[str, Pixels]]) -> None:
    """Trimmed, grey and of one polarity, the mean picture of a class is nearest to most of its own pictures.

    Chance would be 10%. Half of the set makes the means, the other half is judged.
    """
    features, labels = [], []
    for label, image in drawn:
        left, top, width, height = content_box(image, 10) or (0, 0, 110, 110)
        grey = (image @ LUMA)[top : top + height, left : left + width]
        grey = np.abs(grey - (image[0, 0] @ LUMA))
        rows, columns = np.arange(16) * height // 16, np.arange(16) * width // 16
        features.append((grey / grey.max())[rows][:, columns].ravel())
        labels.append(int(label))
    x, y = np.array(features), np.array(labels)
    means = np.stack([x[::2][y[::2] == digit].mean(axis=0) for digit in range(10)])
    nearest = ((x[1::2, np.newaxis] - means) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == y[1::2]).mean() > 0.6
