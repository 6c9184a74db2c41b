"""The figures of labs."""

from pathlib import Path

import pytest
from matplotlib.axes import Axes as Plane

from nnlab.tracking.plots_labs import (
    Axes,
    Dot,
    draw_crossed,
    draw_growth,
    draw_over,
    draw_pareto,
    draw_shares,
    pareto_front,
)


def test_the_front_is_what_none_other_beats() -> None:
    dots = [Dot("dear", 9, 0.9), Dot("best", 5, 0.95), Dot("cheap", 1, 0.5), Dot("worse", 2, 0.4), Dot("same", 1, 0.3)]
    assert [dot.name for dot in pareto_front(dots)] == ["cheap", "best"]


def test_every_figure_is_drawn(tmp_path: Path) -> None:
    dots = [Dot("8 px", 8, 0.5, (0.4, 0.6), (0.45, 0.55)), Dot("a $name", 16, 0.75)]
    axes = Axes("What it costs", "CPU seconds", "test accuracy", "3 seeds", 0.1)
    draw_pareto(tmp_path / "pareto.png", dots, axes)
    draw_over(tmp_path / "over.png", dots, axes)
    draw_growth(tmp_path / "growth.png", {"seconds": dots, "MiB": dots}, axes)
    draw_shares(tmp_path / "shares.png", {"a": {"load": 0.2, "forward": 0.8}, "b": {"load": 1.0}}, axes)
    assert {path.name for path in tmp_path.iterdir()} == {"pareto.png", "over.png", "growth.png", "shares.png"}
    assert all(path.stat().st_size > 5_000 for path in tmp_path.iterdir())


def test_a_run_that_is_missing_leaves_the_colours_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: dict[float, tuple[float, str]] = {}
    plot = Plane.plot

    def noted(self: Plane, x: list[float], y: list[float], *more: object, **options: str) -> object:
        if more == ("o",):
            drawn[y[0]] = (x[0], options["color"])
        return plot(self, x, y, *more, **options)

    monkeypatch.setattr(Plane, "plot", noted)
    table = [[0.1, 0.2, 0.3], [None, 0.5, 0.6], [None, None, None]]
    draw_crossed(tmp_path / "seeds.png", table, Axes("Seeds", "model seed", "dev accuracy", ""))
    assert set(drawn) == {0.1, 0.2, 0.3, 0.5, 0.6}
    for first, second in ((0.2, 0.5), (0.3, 0.6)):  # one order of the data each
        assert drawn[first][1] == drawn[second][1]
        assert drawn[second][0] - drawn[first][0] == pytest.approx(1)
