"""Centres: things that are planted come back exactly, whatever their number, and each picture by itself."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core.truth import Boxes
from nnlab.detection.centres import Centres
from nnlab.kernels.sigmoid import log_odds

SHAPES = {"heat": (6, 8, 3), "size": (6, 8, 2), "offset": (6, 8, 2)}


def boxes(corners, labels) -> Boxes:
    return Boxes(np.array(corners, float).reshape(-1, 4), np.array(labels, np.intp))


def said(targets) -> dict:
    """What a network says that gives just this: log-odds of the heat map."""
    heat = np.clip(targets["heat"].value.astype(float), 1e-9, 1 - 1e-9)
    return {name: target.value for name, target in targets.items()} | {"heat": np.log(heat / (1 - heat))}


def in_order(of: Boxes) -> list:
    return sorted(zip(of.corners.tolist(), of.labels.tolist(), strict=True))


@given(st.integers(0, 2**32 - 1), st.integers(0, 7), st.integers(0, 7))
def test_planted_things_come_back_exactly(seed: int, first: int, second: int) -> None:
    """In eighths of a pixel, which float32 holds; no two centres in one cell."""
    chance = np.random.default_rng(seed)
    pictures = []
    for count in (first, second):
        cells = chance.permutation(48)[:count]
        centres = np.stack([cells % 8, cells // 8], axis=1) * 4 + chance.integers(0, 32, (count, 2)) / 8
        most = 2 * np.minimum(centres, np.array([32, 24]) - centres)  # they reach the picture's edge at most
        sizes = np.ceil(chance.uniform(0.01, 1, (count, 2)) * most * 4) / 4
        sizes = np.maximum(np.minimum(sizes, most), 0.25)
        corners = np.concatenate([centres - sizes / 2, centres + sizes / 2], axis=1)
        inside = (corners >= 0).all(axis=1) & (corners <= [32, 24, 32, 24]).all(axis=1)
        pictures.append(boxes(corners[inside], chance.integers(0, 3, count)[inside]))
    form = Centres()
    answers = form.answers(said(form.targets(pictures, SHAPES)))
    for answer, picture in zip(answers, pictures, strict=True):
        assert in_order(answer) == in_order(picture)
        assert answer.scores is not None and (answer.scores > 0.999).all()


def test_targets_worked_by_hand() -> None:
    """A box from (0, 0) to (26, 18): its centre (13, 9) is in cell (3, 2) of 4 pixels, a quarter in along both."""
    targets = Centres().targets([boxes([0, 0, 26, 18], [1]), boxes([], [])], SHAPES)
    heat, size, offset = (targets[name] for name in SHAPES)
    assert heat.value[0, 2, 3, 1] == 1 and not heat.value[0, ..., [0, 2]].any() and not heat.value[1].any()
    both, off = 6.5 + 4.5, 0.3 / 1.7 * 6.5 * 4.5
    sigma = (both - math.sqrt(both**2 - 4 * off) + 1) / 6
    assert heat.value[0, 2, 4, 1] == pytest.approx(math.exp(-1 / (2 * sigma**2)), rel=1e-6)
    assert size.value[0, 2, 3].tolist() == [6.5, 4.5] and offset.value[0, 2, 3].tolist() == [0.25, 0.25]
    assert size.weight is not None and size.weight.sum() == 1 and size.weight[0, 2, 3] == 1
    assert offset.weight is size.weight


def test_of_things_in_one_cell_the_smaller_one_is_learnt_wherever_it_stands() -> None:
    large, small = [0, 0, 16, 16], [6, 6, 10, 10]
    for order in ([large, small], [small, large]):
        assert Centres().targets([boxes(order, [0, 1])], SHAPES)["size"].value[0, 2, 2].tolist() == [1, 1]


def test_what_reaches_out_is_cut_and_negative_sizes_are_none() -> None:
    heat = np.full((1, 6, 8, 3), -20.0)
    heat[0, 0, 0, 2], heat[0, 5, 7, 0] = 3.0, 1.0
    size, offset = np.full((1, 6, 8, 2), 4.0), np.full((1, 6, 8, 2), 0.5)
    size[0, 5, 7] = -1
    (answer,) = Centres().answers({"heat": heat, "size": size, "offset": offset})
    assert answer.corners.tolist() == [[0, 0, 10, 10], [30, 22, 30, 22]]
    assert answer.labels.tolist() == [2, 0]
    np.testing.assert_allclose(answer.scores, 1 / (1 + np.exp([-3, -1])))


def test_the_surest_are_kept() -> None:
    heat = np.full((1, 6, 8, 3), -20.0)
    heat[0, ::2, ::2, 0] = np.arange(12).reshape(3, 4)
    maps = {"heat": heat, "size": np.ones((1, 6, 8, 2)), "offset": np.zeros((1, 6, 8, 2))}
    (answer,) = Centres(most_boxes=5).answers(maps)
    assert [log_odds(score) for score in answer.scores] == pytest.approx([11, 10, 9, 8, 7])


def test_heads_ask_for_the_stride_and_begin_dark() -> None:
    heads = Centres(stride=8).heads(3, (240, 320, 3))
    assert {name: (head.shape, head.stride) for name, head in heads.items()} == {
        "heat": ((None, None, 3), 8),
        "size": ((None, None, 2), 8),
        "offset": ((None, None, 2), 8),
    }
    assert 1 / (1 + math.exp(-heads["heat"].centre[0])) == pytest.approx(0.1)
    assert heads["size"].centre == (3.75, 3.75)
