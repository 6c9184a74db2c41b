import numpy as np
import pytest

from nnlab.core.truth import VOID, Boxes, Label, Mask, Points, Values
from nnlab.tracking.canvas import BLUE, GREY, ORANGE
from nnlab.tracking.marks import marked, moved_points
from nnlab.tracking.sheet import rgb

NAMES = ("background", "cat", "dog")


def black(height, width):
    return np.zeros((height, width, 3), np.uint8)


def painted(shown):
    """Where something was drawn, as rows of text."""
    return ["".join("#" if pixel.any() else "." for pixel in row) for row in shown]


def of(colour):
    return np.round(rgb(colour) * 255).astype(int)


@pytest.mark.parametrize("truth", [Label(1), Values((3.0,))])
def test_what_says_nothing_of_places_draws_nothing(truth):
    picture = black(4, 4)
    assert marked(truth, picture, 2, NAMES) is picture


def test_a_mask_tints_its_classes_half_and_leaves_the_background():
    picture = np.full((4, 6, 3), 100, np.uint8)
    shown = marked(Mask(np.array([[0, 1, 2], [0, VOID, 2]])), picture, 2, NAMES)
    assert (shown[:, :2] == 100).all()
    for place, colour in (((0, 2), BLUE), ((1, 3), BLUE), ((2, 2), GREY), ((0, 4), "#009E73"), ((3, 5), "#009E73")):
        np.testing.assert_allclose(shown[place], 50 + of(colour) / 2, atol=1)  # two roundings
    assert (picture == 100).all()


def test_a_mask_on_a_smaller_picture_takes_the_class_in_the_middle_of_each_pixel():
    mask = np.zeros((6, 6), np.uint8)
    mask[1, 4] = 1
    shown = marked(Mask(mask), black(2, 2), 1 / 3, NAMES)
    assert painted(shown) == [".#", ".."]


def test_boxes_are_frames_of_two_pixels_cut_off_at_the_edges():
    truth = Boxes(np.array([[0.5, 1.0, 4.0, 3.5], [4.5, -3.0, 9.0, 1.0]]), np.array([0, 1]))
    shown = marked(truth, black(8, 12), 2, NAMES)
    assert painted(shown) == [
        ".........###",
        ".........###",
        ".#######....",
        ".#######....",
        ".##...##....",
        ".#######....",
        ".#######....",
        "............",
    ]
    assert (shown[2, 1] == of(ORANGE)).all()


def test_the_surest_box_is_drawn_on_top():
    corners = np.array([[0.0, 0, 6, 6], [0, 0, 6, 6]])
    shown = marked(Boxes(corners, np.array([0, 1]), np.array([0.9, 0.3])), black(8, 8), 1, NAMES)
    assert (shown[0, 0] == of(ORANGE)).all()


def test_points_that_are_seen_are_dots_with_a_white_edge():
    truth = Points(np.array([[4.5, 4.0], [1.0, 1.0]]), np.array([True, False]))
    shown = marked(truth, black(9, 9), 1, NAMES)
    assert painted(shown) == ["." * 9, *([".#######."] * 7), "." * 9]
    assert (shown[4, 4] == of(ORANGE)).all() and (shown[1, 1] == 255).all() and (shown[2, 2] == of(ORANGE)).all()


@pytest.mark.filterwarnings("error")
def test_what_is_said_to_be_anywhere_at_all_is_drawn_at_once():
    """A network that went astray says any number: no line is longer than what can be seen of it."""
    anywhere = np.array([[1e30, 4.5], [np.nan, 2.0], [np.inf, 1.0], [-1e300, 4.5]])
    true = Points(np.full((4, 2), 4.5), np.full(4, True))
    shown = moved_points(true, Points(anywhere, true.seen), black(9, 9), 1)
    assert painted(shown) == [*(["." * 9] * 4), "#" * 9, *(["." * 9] * 4)]
    assert (shown[4, 8] == of(ORANGE)).all()
    boxes = np.array([[-1e30, -np.inf, 1e30, np.inf], [np.nan, np.nan, np.nan, np.nan], [0, 0, 9, 9]])
    assert painted(marked(Boxes(boxes, np.array([0, 1, 2])), black(9, 9), 1, NAMES))[0] == "#########"
