"""Random crops: what they show on average, against closed forms and figures of two million draws."""

from collections.abc import Callable

import numpy as np
import pytest

from nnlab.data.crops import Crops, mean_root, resized_crops, square_closed, squares

Rule = Callable[[np.ndarray, np.random.Generator], Crops]
DRAWS = 100_000
"""The mean of as many has a standard error of 0.14 / sqrt(100,000) = 0.0005 (area); 3 of them, and the rounding of the
three digits that are published, are within 0.002."""


def ens(sizes: np.ndarray, chance: np.random.Generator) -> Crops:
    return squares(sizes, (0.2, 0.7), DRAWS, chance)


def resnets(sizes: np.ndarray, chance: np.random.Generator) -> Crops:
    return resized_crops(sizes, (0.08, 1), (3 / 4, 4 / 3), DRAWS, chance)


def mild(sizes: np.ndarray, chance: np.random.Generator) -> Crops:
    return resized_crops(sizes, (0.2, 0.7), (3 / 4, 4 / 3), DRAWS, chance)


@pytest.mark.parametrize(
    ("rule", "size", "area", "linear", "short"),
    [
        (ens, (480, 480), 0.450, 0.662, 0.662),
        (ens, (400, 300), 0.450, 0.662, 0.764),
        (ens, (600, 400), 0.433, 0.650, 0.796),
        (ens, (640, 360), 0.381, 0.611, 0.815),
        (resnets, (480, 480), 0.480, 0.668, 0.668),
        (resnets, (400, 300), 0.433, 0.635, 0.733),
        (resnets, (600, 400), 0.390, 0.604, 0.740),
        (mild, (480, 480), 0.450, 0.662, 0.662),
        (mild, (400, 300), 0.438, 0.653, 0.754),
        (mild, (600, 400), 0.425, 0.643, 0.788),
    ],
)
def test_what_is_shown(rule: Rule, size: tuple[int, int], area: float, linear: float, short: float) -> None:
    sizes = np.array([size])
    found = rule(sizes, np.random.default_rng(0))
    areas = found.areas(sizes)
    assert areas.mean() == pytest.approx(area, abs=0.002)
    assert np.sqrt(areas).mean() == pytest.approx(linear, abs=0.002)
    assert found.sides(sizes).mean() == pytest.approx(short, abs=0.002)
    assert (found.widths <= size[0]).all() and (found.heights <= size[1]).all()


def test_closed_forms() -> None:
    assert mean_root(0.2, 0.7) == pytest.approx(0.66163, abs=5e-6)
    assert mean_root(0.08, 1) == pytest.approx(0.70824, abs=5e-6)
    assert mean_root(0.25, 0.25) == 0.5
    assert square_closed(np.array([[9, 9]]), (0.2, 0.7)) == pytest.approx((0.45, 0.66163, 0.66163), abs=5e-6)
    wide = square_closed(np.array([[640, 360]]), (0.2, 0.7))  # a square fills 0.5625 of it at most
    assert wide[0] == pytest.approx((0.2 + 0.5625) / 2)
    assert wide[2] == pytest.approx(wide[1] * np.sqrt(640 / 360))


def test_a_part_that_never_fits_is_the_middle_of_the_widest_shape() -> None:
    sizes = np.array([[1000, 10], [10, 1000]])  # a tenth of the area has sides of at least 27
    found = resized_crops(sizes, (0.1, 0.1), (3 / 4, 4 / 3), 3, np.random.default_rng(0))
    assert (found.widths == [13, 10]).all() and (found.heights == [10, 13]).all()


def test_the_same_chance_gives_the_same() -> None:
    sizes = np.array([[50, 40]])
    one, other = (mild(sizes, np.random.default_rng(3)) for _ in range(2))
    assert (one.widths == other.widths).all()
