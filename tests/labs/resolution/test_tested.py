"""What the lab says of tuning: the choice, and how much of the gain the same tuning takes at the run's own size."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from nnlab.labs.resolution.scored import Scored, against
from nnlab.labs.resolution.sizes import Suggested
from nnlab.labs.resolution.tested import Conclusion
from nnlab.labs.resolution.tune import Tune, TunedLine, label
from nnlab.tracking.judged import Judge

SUBJECT: Any = SimpleNamespace(size=(32, 32), trained=SimpleNamespace(run=SimpleNamespace(name="a run")))
N = 1000


def scored(right: int, start: int = 0) -> Scored:
    hits = np.zeros(N, bool)
    hits[start : start + right] = True
    return Scored({"accuracy": right / N}, 1.0, N, hits, np.zeros(N))


def found(dev: dict[tuple[str, int], int], test: dict[str, Scored]) -> list[str]:
    base = scored(dev["none", 32])
    lines = [
        TunedLine(label(mode, (side, side)), (side, side), mode, {"tensors": []}, scored(right), None,
                  against(base, scored(right)))
        for (mode, side), right in dev.items()
    ]  # fmt: skip
    judge = Judge("accuracy", "accuracy", is_share=True)
    tune = Tune(SUBJECT, judge, Suggested(0.45, 0.66, (48, 48), (72, 72)), tuple(lines))
    return Conclusion(tune, test).sentences()


def test_the_positive_control() -> None:
    """The figures of the prototype: 72.3 as it is, 95.9 tuned at 32, 96.5 at 44."""
    dev = {("none", 32): 723, ("all", 32): 959, ("none", 48): 930, ("all", 48): 965}
    said = found(dev, {"none at 32": scored(723), "all at 32": scored(959), "all at 48": scored(965, 1)})
    assert said[1].startswith(
        "Chosen on dev: all at 48. On test, once: 96.5% on 1,000 pictures against 72.3% of the run"
    )
    assert said[1].endswith(": better.")
    assert "The same tuning at the run's own size, 32, comes to 95.9%" in said[2]
    assert "tuning at the training size alone takes 98% of the gain" in said[2]
    assert said[2].endswith("; cannot tell whether the other size adds to it (lost 1, won 7, p = 0.070).")


def test_no_difference_is_none() -> None:
    """CIFAR's: 50.9 against 50.1, lost 110, won 118."""
    dev = {("none", 24): 501, ("none", 32): 359, ("all", 32): 511, ("all", 24): 505}
    base = scored(501)
    other = np.zeros(N, bool)
    other[110:501] = True
    other[501:619] = True
    chosen = Scored({"accuracy": 0.509}, 1.0, N, other, np.zeros(N))
    SUBJECT.size = (24, 24)
    try:
        dev = {("none", 24): 501, ("none", 32): 359, ("all", 24): 505, ("all", 32): 511}
        lines = {"none at 24": base, "all at 24": scored(505), "all at 32": chosen}
        assert int(np.count_nonzero(base.right & ~other)) == 110  # type: ignore[operator]
        judge = Judge("accuracy", "accuracy", is_share=True)
        made = [
            TunedLine(label(m, (s, s)), (s, s), m, {"tensors": []}, scored(r), None, None) for (m, s), r in dev.items()
        ]
        tune = Tune(SUBJECT, judge, Suggested(0.45, 0.66, (32, 32), (48, 48)), tuple(made))
        said = Conclusion(tune, lines).sentences()
    finally:
        SUBJECT.size = (32, 32)
    assert "(lost 110, won 118, p = 0.643): cannot tell whether it is better." in said[1]


def test_the_best_at_its_own_size() -> None:
    dev = {("none", 32): 723, ("all", 32): 965, ("none", 48): 930, ("all", 48): 959}
    said = found(dev, {"none at 32": scored(723), "all at 32": scored(965)})
    assert said[2] == "It is at the run's own size, 32: on dev no other size adds anything to tuning."


def test_nothing_better() -> None:
    said = found({("none", 32): 900, ("all", 32): 880, ("none", 48): 890}, {})
    assert said[1] == "On dev nothing is better than the run as it is, so test was not opened."
