"""Placements: values by hand, their algebra, and that points go where pixels go."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.core.placement import VOID, Placement
from nnlab.core.placements import (
    cropped,
    extended,
    flipped,
    mirrored,
    quartered,
    resized,
    rotated,
    shifted,
    tilted,
    zoomed,
)
from nnlab.data.images.base import DATA_LOADERS

GREY = (7, 7, 7)


def chain(draw: Any) -> Placement:
    """One placement of each kind, in any order and of any size."""
    size = (draw(st.integers(2, 40)), draw(st.integers(2, 40)))
    made = Placement.unmoved(size)
    for kind in draw(st.permutations(["crop", "extend", "mirror", "flip", "shift", "resize", "zoom", "turn"])):
        width, height = made.size
        more = draw(st.integers(0, 5))
        if kind == "crop":
            next_ = cropped(made.size, min(more, width - 1), 0, max(1, width - more), height)
        elif kind == "extend":
            next_ = extended(made.size, more, 1, (width + 2 * more, height + 3), GREY)
        elif kind == "mirror":
            next_ = mirrored(made.size)
        elif kind == "flip":
            next_ = flipped(made.size)
        elif kind == "shift":
            next_ = shifted(made.size, more - 2, 3 - more, GREY)
        elif kind == "zoom":
            next_ = zoomed(made.size, (0.3 * more, 0.1, width - 0.3, height / 2), (width, height + more))
        elif kind == "resize":
            next_ = resized(made.size, (width + more, max(1, height - more)))
        else:
            degrees = draw(st.floats(-180, 180))
            next_ = rotated(made.size, degrees, GREY)
        made = next_.after(made)
    return made


chains = st.composite(lambda draw: chain(draw))()
places = st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=1, max_size=5).map(np.array)


def test_values_by_hand() -> None:
    points = np.array([[0.0, 0.0], [3.0, 1.0]])
    assert cropped((10, 8), 2, 1, 5, 4).points(points).tolist() == [[-2, -1], [1, 0]]
    assert extended((10, 8), 2, 1, (20, 20), GREY).points(points).tolist() == [[2, 1], [5, 2]]
    assert resized((10, 8), (20, 4)).points(points).tolist() == [[0, 0], [6, 0.5]]
    assert mirrored((10, 8)).points(points).tolist() == [[10, 0], [7, 1]]
    assert flipped((10, 8)).points(points).tolist() == [[0, 8], [3, 7]]
    assert shifted((10, 8), -2, 3, GREY).points(points).tolist() == [[-2, 3], [1, 4]]
    assert zoomed((10, 8), (1, 0.5, 4, 2), (8, 8)).points(points).tolist() == [[-2, -2], [4, 2]]
    quarter = rotated((8, 8), 90, GREY)  # clockwise: the top left corner becomes the top right one
    np.testing.assert_allclose(quarter.points(points), [[8, 0], [7, 3]], atol=1e-12)  # a cosine of 6e-17, times 10


def test_a_tilted_picture_has_its_corners_where_they_were_put() -> None:
    corners = [(1.0, 0.5), (9.0, 0.0), (8.0, 7.0), (0.0, 8.0)]
    tilt = tilted((10, 8), corners, GREY)
    own = np.array([[0.0, 0], [10, 0], [10, 8], [0, 8]])
    np.testing.assert_allclose(tilt.points(own), corners, atol=1e-12)  # a dozen operations on numbers to 10
    # diagonals stay straight, so where they cross stays so
    middle = np.linalg.solve([[7.0, -9.0], [6.5, 8.0]], [-1.0, 7.5])[0] * np.array([7.0, 6.5]) + (1, 0.5)
    np.testing.assert_allclose(tilt.points(np.array([5.0, 4.0])), middle, atol=1e-12)
    assert tilted((10, 8), own.tolist(), GREY).matrix.tolist() == np.eye(3).tolist()


def test_boxes_are_upright_boxes_around_the_moved_corners() -> None:
    boxes = np.array([[1.0, 2.0, 3.0, 6.0]])
    assert resized((10, 8), (20, 4)).boxes(boxes).tolist() == [[2, 1, 6, 3]]
    np.testing.assert_allclose(rotated((8, 8), 90, GREY).boxes(boxes), [[2, 1, 6, 3]], atol=1e-12)
    eighth = rotated((10, 10), 45, GREY).boxes(np.array([[4.0, 4.0, 6.0, 6.0]]))
    half = 2**0.5
    np.testing.assert_allclose(eighth, [[5 - half, 5 - half, 5 + half, 5 + half]], atol=1e-12)
    assert resized((10, 8), (20, 4)).boxes(np.zeros((0, 4))).shape == (0, 4)


def test_a_mask_by_hand() -> None:
    mask = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert cropped((3, 2), 1, 0, 2, 2).mask(mask).tolist() == [[1, 2], [4, 5]]
    assert extended((3, 2), 1, 0, (4, 3), GREY).mask(mask).tolist() == [
        [VOID, 0, 1, 2],
        [VOID, 3, 4, 5],
        [VOID, VOID, VOID, VOID],
    ]
    assert mirrored((3, 2)).mask(mask).tolist() == [[2, 1, 0], [5, 4, 3]]
    assert resized((3, 2), (6, 2)).mask(mask).tolist() == [[0, 0, 1, 1, 2, 2], [3, 3, 4, 4, 5, 5]]
    assert flipped((3, 2)).mask(mask).tolist() == [[3, 4, 5], [0, 1, 2]]
    assert shifted((3, 2), 1, -1, GREY).mask(mask).tolist() == [[VOID, 3, 4], [VOID] * 3]
    assert rotated((3, 2), 180, GREY).mask(mask).tolist() == [[5, 4, 3], [2, 1, 0]]
    square = np.arange(4, dtype=np.uint8).reshape(2, 2)
    assert rotated((2, 2), 90, GREY).mask(square).tolist() == [[2, 0], [3, 1]]


def test_a_mask_of_more_than_bytes_keeps_its_type() -> None:
    mask = np.full((2, 2), 1000, np.int32)
    moved = extended((2, 2), 0, 0, (3, 2), GREY).mask(mask)
    assert moved.dtype == np.int32
    assert moved.tolist() == [[1000, 1000, VOID], [1000, 1000, VOID]]


def test_what_was_cut_off_does_not_come_back() -> None:
    mask = np.arange(9, dtype=np.uint8).reshape(3, 3)
    both = extended((1, 1), 1, 1, (3, 3), GREY).after(cropped((3, 3), 1, 1, 1, 1))
    assert both.mask(mask).tolist() == [[VOID] * 3, [VOID, 4, VOID], [VOID] * 3]
    pixels = np.repeat(mask[:, :, None], 3, axis=2)
    for cls in DATA_LOADERS:
        drawn = cls().pixels(both.image(cls().image(pixels), cls()))
        assert drawn[1, 1].tolist() == [4, 4, 4]
        assert (np.delete(drawn.reshape(9, 3), 4, axis=0) == 7).all()


def test_what_does_not_move_is_left_as_it_is() -> None:
    still = Placement.unmoved((3, 2))
    mask, image = np.zeros((2, 3), np.uint8), object()
    assert still.mask(mask) is mask
    assert still.image(image, None) is image
    assert still.inverse().after(still).parts == ()


def test_placements_of_sizes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"of \(3, 3\) cannot come after one that gives \(2, 2\)"):
        Placement.unmoved((3, 3)).after(Placement.unmoved((2, 2)))


@given(chains, places)
@settings(deadline=None)
def test_the_inverse_brings_points_back(placement: Placement, points: np.ndarray) -> None:
    back = placement.inverse()
    assert (back.before, back.size) == (placement.size, placement.before)
    # 1e-6: a place is at most 1e2 and a chain magnifies at most by 40, on numbers of 16 digits
    np.testing.assert_allclose(back.points(placement.points(points)), points, atol=1e-6)
    np.testing.assert_allclose(back.after(placement).matrix, np.eye(3), atol=1e-6)
    np.testing.assert_allclose(back.inverse().matrix, placement.matrix, atol=1e-6)


@given(chains, places)
@settings(deadline=None)
def test_composition_is_one_after_the_other(first: Placement, points: np.ndarray) -> None:
    second = rotated(first.size, 33.0, GREY)
    both = second.after(first)
    assert (both.before, both.size) == (first.before, second.size)
    np.testing.assert_allclose(both.points(points), second.points(first.points(points)), atol=1e-6)
    mask = np.arange(first.before[0] * first.before[1], dtype=np.int32).reshape(first.before[::-1]) + 1000
    np.testing.assert_array_equal(both.mask(mask), second.mask(first.mask(mask)))
    third = cropped(both.size, 0, 0, 1, 1)
    np.testing.assert_array_equal(third.after(both).matrix, third.after(second.after(first)).matrix)


@given(st.integers(1, 12), st.integers(1, 4), st.sampled_from([90, 180, 270, -90]))
def test_quarter_turns_of_a_square_are_exact(side: int, channels: int, degrees: int) -> None:
    """Pictures and masks: no pixel is blended with another, and four turns are none."""
    pixels = np.random.default_rng(side).integers(0, 255, (side, side, channels), dtype=np.uint8)
    mask = np.arange(side * side, dtype=np.int32).reshape(side, side) + 1000
    library, turn = DATA_LOADERS.get("Pillow")(), rotated((side, side), degrees, GREY)
    image, moved = turn.image(library.image(pixels), library), turn.mask(mask)
    np.testing.assert_array_equal(library.pixels(image), np.rot90(pixels, -degrees // 90))
    np.testing.assert_array_equal(moved, np.rot90(mask, -degrees // 90))
    for _ in range(3):
        image, moved = turn.image(image, library), turn.mask(moved)
    np.testing.assert_array_equal(library.pixels(image), pixels)
    np.testing.assert_array_equal(moved, mask)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 3))
def test_quarters_on_a_canvas_that_fits_are_exact(width: int, height: int, turns: int) -> None:
    pixels = np.random.default_rng(width).integers(0, 255, (height, width, 3), dtype=np.uint8)
    mask = np.arange(width * height, dtype=np.int32).reshape(height, width) + 1000
    library, placement = DATA_LOADERS.get("Pillow")(), quartered((width, height), turns)
    drawn = library.pixels(placement.image(library.image(pixels), library))
    np.testing.assert_array_equal(drawn, np.rot90(pixels, -turns))
    np.testing.assert_array_equal(placement.mask(mask), np.rot90(mask, -turns))
    back = placement.inverse()
    np.testing.assert_array_equal(library.pixels(back.image(library.image(drawn), library)), pixels)
    np.testing.assert_array_equal(back.mask(placement.mask(mask)), mask)


@pytest.mark.parametrize("cls", list(DATA_LOADERS), ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("degrees", [0.0, 17.0, -90.0, 141.0])
def test_points_go_where_pixels_go(cls: type, degrees: float) -> None:
    """A dot's centre, by the matrix and by the pixels that the library drew; and back, drawn here."""
    library = cls()
    pixels = np.zeros((64, 80, 3), np.uint8)
    pixels[20:29, 36:45] = 255  # centre (40.5, 24.5)
    steps = [
        cropped((80, 64), 5, 3, 70, 60),
        extended((70, 60), 9, 4, (90, 70), (0, 0, 0)),
        resized((90, 70), (45, 70)),
    ]
    steps.append(mirrored((45, 70)))
    steps += [flipped((45, 70)), shifted((45, 70), 2, -3, (0, 0, 0))]
    steps += [rotated((45, 70), degrees, (0, 0, 0)), zoomed((45, 70), (0.5, 3, 44, 66), (50, 70))]
    placement = steps[0]
    for step in steps[1:]:
        placement = step.after(placement)
    drawn = library.pixels(placement.image(library.image(pixels), library))
    assert drawn.shape == (placement.size[1], placement.size[0], 3)
    there = placement.points(np.array([40.5, 24.5]))
    np.testing.assert_allclose(middle(drawn), there, atol=0.05)  # 8 bits, and Lanczos' rings, of a dot of 81 pixels
    back = placement.inverse()
    again = library.pixels(back.image(library.image(drawn), library))
    assert again.shape == pixels.shape
    np.testing.assert_allclose(middle(again), (40.5, 24.5), atol=0.1)  # drawn twice as often: twice the rounding


def middle(pixels: np.ndarray) -> tuple[float, float]:
    weight = np.clip(pixels[:, :, 0].astype(float) - 20, 0, None)  # 20: below it lie rings
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]] + 0.5
    return float((weight * x).sum() / weight.sum()), float((weight * y).sum() / weight.sum())


def test_without_a_primitive_a_picture_is_drawn_bilinearly() -> None:
    pixels = np.array([[[0], [100]]], np.uint8)
    half = np.array([[1.0, 0, 0.5], [0, 1, 0], [0, 0, 1]])
    library = DATA_LOADERS.get("Vips")()
    placement = Placement(rows=half, before=(2, 1), size=(3, 1), fill=(50,))
    drawn = library.pixels(placement.image(library.image(pixels), library))
    assert drawn[:, :, 0].tolist() == [[25, 50, 75]]  # between fill and 0, 0 and 100, 100 and fill


def test_a_tilted_plane_divides_by_its_depth() -> None:
    tilted = np.array([[1.0, 0, 0], [0, 1, 0], [0.5, 0, 1]])
    placement = Placement(rows=tilted, before=(4, 4), size=(4, 4))
    np.testing.assert_allclose(placement.points(np.array([2.0, 4.0])), [1.0, 2.0])
    np.testing.assert_allclose(placement.inverse().points(np.array([1.0, 2.0])), [2.0, 4.0])


def test_what_lies_behind_the_eye_is_not_drawn() -> None:
    """The horizon of a plane crosses the picture: beyond it nothing is, and nothing is divided by 0."""
    tilted_far = np.linalg.inv([[1.0, 0, 0], [0, 1, 0], [-0.5, 0, 2.25]])  # depth 0 at x = 4.5, a pixel's centre
    library, pixels = DATA_LOADERS.get("Pillow")(), np.full((3, 9, 1), 200, np.uint8)
    placement = Placement(rows=tilted_far, before=(9, 3), size=(9, 3), fill=(7,))
    drawn = library.pixels(placement.image(library.image(pixels), library))
    assert (drawn[:, 4:] == 7).all() and drawn[0, 2, 0] == 200
    assert (placement.mask(np.zeros((3, 9), np.uint8))[:, 4:] == VOID).all()
    assert placement.boxes(np.zeros((0, 4))).shape == (0, 4)


def test_a_box_that_reaches_behind_the_eye_is_cut_where_the_picture_ends() -> None:
    placement = tilted((100, 100), [(0, 0), (100, 30), (100, 70), (0, 100)], (0, 0, 0)).after(
        zoomed((100, 100), (60, 30, 35, 35), (100, 100))
    )
    box = np.array([2.0, 35.0, 75.0, 50.0])
    found = placement.boxes(box)
    across, down = np.meshgrid(np.linspace(box[0], box[2], 2001), np.linspace(box[1], box[3], 301))
    places = placement.points(np.stack([across, down], axis=-1)).reshape(-1, 2)
    shown = places[((places >= 0) & (places <= 100)).all(axis=1)]
    np.testing.assert_allclose(found[:2], shown.min(axis=0), atol=0.5)  # of places 0.05 apart, seen from near
    np.testing.assert_allclose(found[2:], shown.max(axis=0), atol=0.5)
    inside = np.array([62.0, 35.0, 75.0, 50.0])
    np.testing.assert_array_equal(placement.boxes(np.stack([box, inside]))[1], placement.boxes(inside))


def test_numbers_come_back_to_where_their_pixels_were() -> None:
    """Cropped to columns 2 to 6 and doubled: each number goes to the two pixels it was made from; the rest had none."""
    placement = resized((4, 2), (8, 4)).after(cropped((8, 2), 2, 0, 4, 2))
    values = np.repeat(np.repeat(np.arange(1.0, 9).reshape(2, 4), 2, axis=0), 2, axis=1)
    found = placement.looked_up(values)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, [[0, 0, 1, 2, 3, 4, 0, 0], [0, 0, 5, 6, 7, 8, 0, 0]])


def test_numbers_of_padding_are_nobodys() -> None:
    """A letterbox's bars are left out, and what was cut off has none of a number that lies where it would have been."""
    bars = extended((4, 2), 0, 1, (4, 4), GREY)
    values = np.arange(16.0).reshape(4, 4)
    np.testing.assert_array_equal(bars.looked_up(values), values[1:3])
    cut = extended((2, 2), 1, 1, (4, 4), GREY).after(cropped((4, 4), 1, 1, 2, 2))
    expected = np.zeros((4, 4))
    expected[1:3, 1:3] = values[1:3, 1:3]
    np.testing.assert_array_equal(cut.looked_up(values), expected)


def test_numbers_come_back_between_pixels_and_by_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    placement = rotated((9, 7), 30, GREY).after(mirrored((9, 7)))
    x, y = np.meshgrid(np.arange(9) + 0.5, np.arange(7) + 0.5)
    whole = placement.looked_up(2 * x + 3 * y)
    there = placement.points(np.stack([x, y], axis=-1))
    well_inside = (np.abs(there - [4.5, 3.5]) <= [4, 3]).all(axis=-1)
    assert well_inside.sum() > 20
    np.testing.assert_allclose(whole[well_inside], (there @ [2, 3])[well_inside], rtol=1e-6)  # a plane stays one
    monkeypatch.setattr("nnlab.core.placement.BAND", 10)
    np.testing.assert_array_equal(placement.looked_up(2 * x + 3 * y), whole)
