"""The figure over sizes: it is drawn, and is another one where a figure, a mark or a line is another."""

from pathlib import Path

import pytest

from nnlab.tracking.size_curves import Curve, Shown, Upright, draw

CURVES = [Curve("none", [(32, 0.7), (24, 0.4), (48, 0.9)]), Curve("a <b> & $c$", [(32, 0.8)]), Curve("nothing", [])]
MARKS = [Upright(32, "its own size"), Upright(48, "linear"), Upright(48, "area")]


def drawn(path: Path, curves: list[Curve], marks: list[Upright], chance: float | None = 0.1) -> bytes:
    draw(path, curves, marks, Shown("dev accuracy", chance=chance))
    return path.read_bytes()


def test_the_same_gives_the_same_bytes_and_another_another(tmp_path: Path) -> None:
    first = drawn(tmp_path / "a.png", CURVES, MARKS)
    assert first.startswith(b"\x89PNG") and first == drawn(tmp_path / "b.png", CURVES, MARKS)
    others = (
        drawn(tmp_path / "c.png", CURVES, MARKS[:1]),
        drawn(tmp_path / "d.png", CURVES[:1], MARKS),
        drawn(tmp_path / "e.png", CURVES, MARKS, None),
    )
    assert all(other != first for other in others)


@pytest.mark.parametrize("points", [[(32, 21.5), (40, 18.0)], [(16, 0.0)]])
def test_figures_that_are_no_shares(points: list[tuple[int, float]], tmp_path: Path) -> None:
    draw(tmp_path / "a.png", [Curve("mae", points)], [], Shown("dev MAE", is_share=False))
    assert (tmp_path / "a.png").stat().st_size > 1000
