"""Two values against each other."""

from xml.etree import ElementTree

import numpy as np

from nnlab.tracking.pages.plane import MOST_POINTS, Plane

WORDS = ("true", "said <x>", "said against true")


def test_both_axes_are_alike_so_that_the_diagonal_is_where_both_are_the_same() -> None:
    xs, ys = np.array([0.0, 10.0]), np.array([2.0, 30.0])
    plane = Plane.around(xs, ys, WORDS)
    assert (plane.x.low, plane.x.high) == (plane.y.low, plane.y.high)
    svg = ElementTree.fromstring(plane.drawn(plane.diagonal(), plane.points(xs, ys)))
    assert [text.text for text in svg.iter("text")][-2:] == ["true", "said <x>"]


def test_points_that_are_not_finite_are_left_out_and_very_many_are_chosen_evenly() -> None:
    plane = Plane.around(np.array([0.0, 1.0]), np.array([0.0, 1.0]), WORDS)
    assert plane.points(np.array([0.5, np.nan, 1.0]), np.array([0.5, 0.5, np.inf])).count("M") == 1
    many = np.linspace(0, 1, 10 * MOST_POINTS)
    drawn = plane.points(many, many)
    assert drawn.count("M") == MOST_POINTS


def test_a_bar_without_a_height_is_not_drawn() -> None:
    plane = Plane.around(np.array([0.0, 1.0]), np.array([0.0, 1.0]), WORDS, share=True)
    assert plane.bar((0.1, 0.2), float("nan"), "") == ""
    assert "title>&lt;b&gt;</title" in plane.bar((0.1, 0.2), 0.5, "<b>")
