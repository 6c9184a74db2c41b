"""Suppression in blocks gives, place by place, what going through the boxes one by one gives."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.core.types import Array
from nnlab.kernels import suppression
from nnlab.kernels.overlap import Boxes
from nnlab.kernels.suppression import BLOCK, suppressed


def one_by_one(low: Array, high: Array, scores: Array, count: int, most: Any, least: Any) -> list[int]:
    """The definition, in float32 as the file's numbers are."""
    area, kept = (high - low).prod(axis=1), []
    order = sorted(range(len(scores)), key=lambda place: (-scores[place], place))
    for place in order:
        if len(kept) == count or not (least is None or scores[place] > least):
            break
        for other in kept:
            shared = np.maximum(np.minimum(high[place], high[other]) - np.maximum(low[place], low[other]), 0).prod()
            if shared > 0 and shared / (area[other] + area[place] - shared) > most:
                break
        else:
            kept.append(place)
    return kept


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10**6),
    boxes=st.sampled_from([1, 7, 60, 400]),
    count=st.sampled_from([0, 1, 5, 40, 1000]),
    most=st.sampled_from([0.0, 0.3, 0.5, 1.0]),
    least=st.sampled_from([None, -0.5, 0.0, 0.5]),
    coarse=st.booleans(),
    few=st.sampled_from([0, suppression.FEW]),
)
def test_gives_what_the_definition_gives(
    seed: int, boxes: int, count: int, most: float, least: float | None, few: int, *, coarse: bool
) -> None:
    rng = np.random.default_rng(seed)
    low = rng.uniform(0, 8, (boxes, 2)).astype(np.float32)
    high = low + rng.uniform(0, 6, (boxes, 2)).astype(np.float32)
    scores = rng.uniform(-1, 1, (3, boxes)).astype(np.float32)
    if coarse:  # ties of scores and corners, boxes without a size, bounds that are met exactly
        low, high, scores = np.round(low), np.round(high), np.round(scores * 4) / 4
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suppression, "FEW", few)  # candidates of all classes sorted together, or class by class
        found = suppressed(Boxes(np.concatenate([low, high], 1), np.float32(most)), scores, count, least)
    assert len(found) == 3
    for own, kept in zip(scores, found, strict=True):
        with np.errstate(all="ignore"):
            assert kept.tolist() == one_by_one(low, high, own, count, np.float32(most), least)


@pytest.mark.parametrize("spread", [2, 40])
def test_many_boxes_around_one_object(spread: float) -> None:
    rng = np.random.default_rng(0)
    low = (100 + rng.normal(0, spread, (1000, 2))).astype(np.float32)
    high = low + (80 + rng.normal(0, spread / 2, (1000, 2))).astype(np.float32).clip(1)
    scores = rng.random((3, 1000)).astype(np.float32)
    most = np.float32(0.5)
    found = suppressed(Boxes(np.concatenate([low, high], 1), most), scores, 100, np.float32(0.1))
    expected = [one_by_one(low, high, own, 100, most, np.float32(0.1)) for own in scores]
    assert [kept.tolist() for kept in found] == expected


@pytest.mark.parametrize("few", [0, suppression.FEW])
def test_boxes_in_a_row_by_falling_score(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each overlaps only its neighbours, so that every second one is chosen; in the second image, all."""
    monkeypatch.setattr(suppression, "FEW", few)
    places = np.arange(300, dtype=np.float32)[:, None]
    sides = np.concatenate([np.hstack([places, places, places + size, places + size]) for size in (1.9, 1)])
    scores = np.linspace(1, 0.5, 300, dtype=np.float32)[None].repeat(4, 0)
    found = suppressed(Boxes(sides.astype(np.float32), np.float32(0.05)), scores, 1000, np.float32(0))
    assert [kept.tolist() for kept in found] == 2 * [list(range(0, 300, 2))] + 2 * [list(range(300))]


def test_the_best_alone_are_not_enough() -> None:
    """All boxes but the last are the same: the last, which has the lowest score, is found behind them."""
    low = np.zeros((20 * BLOCK, 2), np.float32)
    low[-1] = 5
    scores = np.linspace(1, 0.5, len(low), dtype=np.float32)[None]
    (kept,) = suppressed(Boxes(np.concatenate([low, low + 1], 1), np.float32(0.5)), scores, 3)
    assert kept.tolist() == [0, len(low) - 1]


@pytest.mark.parametrize("center", [0, 1])
@pytest.mark.parametrize("limits", [(0.5, 0.3), (1 / 3, 0.5), (0.0, 0.0)])
def test_operator_agrees_with_onnxruntime(center: int, limits: tuple[float, float]) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra [onnxruntime])")
    from onnx import parser

    from nnlab.onnx.backends.engines import load
    from nnlab.onnx.file.read import checked

    text = f"""<ir_version: 8, opset_import: ["" : 11]>
        g (float[N, K, 4] b, float[N, C, K] s, int64[1] m, float[1] i, float[1] t) => (int64[P, 3] y)
        {{ y = NonMaxSuppression <center_point_box = {center}> (b, s, m, i, t) }}"""
    rng = np.random.default_rng(1)
    boxes = np.round(rng.uniform(0, 12, (2, 600, 4)))  # whole numbers: many meet a third and a half exactly
    scores = np.round(rng.random((2, 20, 600)) * 20) / 20
    given = {"b": boxes.astype(np.float32), "s": scores.astype(np.float32), "m": np.array([25])}
    given |= {name: np.array([value], np.float32) for name, value in zip("it", limits, strict=True)}
    view = checked(parser.parse_model(text))
    ((expected,), (numpy,)) = (load(view, engine).run(given) for engine in ("onnxruntime", "numpy"))
    np.testing.assert_array_equal(numpy, expected)
