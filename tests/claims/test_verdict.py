"""Verdicts: the predecessor's own tables as evidence, equals, and every kind of value worked by hand."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from nnlab.claims.grammar import claim_of
from nnlab.claims.reading import Kind, Reading
from nnlab.claims.verdict import Verdict, judged


def reading(
    values: Sequence[float | str | None], kind: Kind = "figure", unit: str = "share", **more: object
) -> Reading:
    each = {f"model {seed}, data 0": value for seed, value in enumerate(values)}
    return Reading(("run",), kind, unit, each, **more)  # type: ignore[arg-type]


def reported(value: float, unit: str = "share", spread: float = 0.0) -> Reading:
    return Reading(("run",), "reported", unit, {"": value}, spread=spread)


def verdict(text: str, readings: Mapping[str, Reading] | None = None) -> Verdict:
    return judged(claim_of(f"X {text}", 1), readings or {})


def test_adam_beats_them_all_does_not_hold_on_the_predecessors_own_figures() -> None:
    """Its table has dev 15% with Adam, 20% with Constant."""
    known = {"dev_accuracy(adam)": reported(0.15), "dev_accuracy(constant)": reported(0.20)}
    assert verdict("dev_accuracy(adam) > dev_accuracy(constant)", known).word == "fails"
    assert verdict("dev_accuracy(adam) < dev_accuracy(constant)", known).word == "holds"
    assert verdict("15% > 20%").word == "fails"


def test_imagemagick_is_no_big_factor_faster_on_the_predecessors_own_figures() -> None:
    """5m23s / 6m07s = 0.880"""
    known = {"seconds(magick)": reported(323, "seconds"), "seconds(vips)": reported(367, "seconds")}
    assert verdict("seconds(magick) / seconds(vips) < 0.5", known).word == "fails"
    assert verdict("5m23s / 6m07s < 0.5").word == "fails"
    found = verdict("seconds(magick) / seconds(vips) between 0.8 and 1.3", known)
    assert found.word == "holds" and "0.8801" in found.why


def test_eight_points_of_one_seed_where_seeds_spread_by_27_cannot_be_told() -> None:
    known = {"dev_accuracy(wide)": reported(0.58, spread=0.27), "dev_accuracy(narrow)": reported(0.50, spread=0.27)}
    assert verdict("dev_accuracy(wide) > dev_accuracy(narrow)", known).word == "cannot tell"
    assert verdict("8 points ± 27 > 0").word == "cannot tell"


def test_equals_are_told_apart_in_at_most_a_twentieth() -> None:
    """1,000 pairs of the same normal distribution, 5 seeds each: two sides of 5% make 2.5% of each. 50 of 1,000 is what
    the rule allows; 25 are expected, and 50 would be five standard deviations more."""
    chance = np.random.default_rng(14)
    holds = 0
    for _ in range(1000):
        one, other = (reading(chance.normal(0.9, 0.02, 5).tolist()) for _ in range(2))
        holds += (
            verdict("dev_accuracy(a) > dev_accuracy(b)", {"dev_accuracy(a)": one, "dev_accuracy(b)": other}).word
            == "holds"
        )
    assert 5 <= holds <= 50


def test_runs_of_the_same_seeds_are_paired() -> None:
    """Seeds spread by 20 points, each pair differs by 1.0 to 1.2: t = 1.1 / (0.1 / sqrt 3) = 19, p = 0.003."""
    first = reading([0.500, 0.600, 0.700])
    second = reading([0.510, 0.611, 0.712])
    known = {"dev_accuracy(a)": first, "dev_accuracy(b)": second}
    assert verdict("dev_accuracy(b) > dev_accuracy(a)", known).word == "holds"
    assert verdict("dev_accuracy(a) > dev_accuracy(b)", known).word == "fails"
    assert verdict("dev_accuracy(b) - dev_accuracy(a) between 0 and 2 points", known).word == "holds"
    assert verdict("dev_accuracy(b) - dev_accuracy(a) > 2 points", known).word == "fails"
    assert verdict("dev_accuracy(b) - dev_accuracy(a) > 1 points", known).word == "cannot tell"


def test_single_runs_are_held_against_each_other_by_the_same_samples() -> None:
    """10 of 40 samples are won and 1 lost: p = 0.012; 3 won and 0 lost: p = 0.25."""

    def of(bits: int, pictures: str = "p") -> Reading:
        seed = "model 0, data 0"
        return reading([bits.bit_count() / 40], n=40, right={seed: f"{bits:x}"}, pictures={seed: pictures})

    first, second = of((1 << 11) - 1), of((1 << 21) - 2)
    known = {"test_accuracy(a)": first, "test_accuracy(b)": second}
    found = verdict("test_accuracy(b) > test_accuracy(a)", known)
    assert found.word == "holds" and "McNemar" in found.why
    known["test_accuracy(b)"] = of((1 << 14) - 1)
    assert verdict("test_accuracy(b) > test_accuracy(a)", known).word == "cannot tell"
    known["test_accuracy(b)"] = of((1 << 21) - 2, "others")
    assert "independent" in verdict("test_accuracy(b) > test_accuracy(a)", known).why


def test_a_share_has_wilsons_interval() -> None:
    """122 of 127: 0.911 to 0.983."""
    known = {"dev_accuracy(a)": reading([122 / 127], n=127)}
    assert verdict("dev_accuracy(a) > 91%", known).word == "holds"
    assert verdict("dev_accuracy(a) > 92%", known).word == "cannot tell"
    assert verdict("dev_accuracy(a) > 98.4%", known).word == "fails"
    assert "91.1 to 98.3%" in verdict("dev_accuracy(a) between 90% and 99%", known).why


def test_one_run_says_nothing_of_times() -> None:
    known = {"seconds(a)": reading([3.0], "time", "seconds"), "seconds(b)": reading([9.0], "time", "seconds")}
    assert verdict("seconds(a) < seconds(b)", known).word == "cannot tell"
    assert verdict("seconds(a) < 20", known).word == "cannot tell"
    known = {
        "seconds(a)": reading([3.0, 3.06, 2.97], "time", "seconds"),
        "seconds(b)": reading([9.0, 9.20, 8.90], "time", "seconds"),
    }
    assert verdict("seconds(a) < seconds(b)", known).word == "holds"
    assert verdict("seconds(a) / seconds(b) between 0.32 and 0.35", known).word == "holds"


def test_facts_are_taken_as_they_are_in_every_seed() -> None:
    steps = {"unstable_steps(a)": reading([99, 98], "fact", ""), "unstable_steps(b)": reading([0, 98], "fact", "")}
    assert verdict("unstable_steps(a) > 90", steps).word == "holds"
    assert verdict("unstable_steps(a) > 99", steps).word == "fails"
    assert verdict("unstable_steps(b) > 90", steps).word == "cannot tell"
    assert verdict("unstable_steps(a) >= unstable_steps(b)", steps).word == "holds"
    assert verdict("unstable_steps(a) > unstable_steps(b)", steps).word == "cannot tell"
    assert verdict("90 < unstable_steps(a)", steps).word == "holds"
    assert verdict("90 > unstable_steps(a)", steps).word == "fails"


def test_bytes_are_equal_or_not() -> None:
    known = {
        "weights(on)": reading(["ab", "cd"], "fact", "bytes"),
        "weights(off)": reading(["ab", "cd"], "fact", "bytes"),
    }
    assert verdict("weights(on) == weights(off)", known).word == "holds"
    known["weights(off)"] = reading(["ab", "ce"], "fact", "bytes")
    assert verdict("weights(on) == weights(off)", known).word == "fails"
    known["weights(off)"] = reading(["ab"], "fact", "bytes")
    assert verdict("weights(on) == weights(off)", known).word == "cannot tell"


def test_what_some_runs_never_reach_cannot_be_told() -> None:
    known = {"solved_epoch(a)": reading([7, None], "fact", "")}
    found = verdict("solved_epoch(a) <= 7", known)
    assert found.word == "cannot tell" and found.figures == "solved_epoch(a): 7, or none"


@pytest.mark.parametrize("values", [[1.0, 1.0, 1.0], [0.9, 0.9, 0.9]])
def test_equal_figures_of_all_seeds_are_no_difference(values: list[float]) -> None:
    known = {"dev_accuracy(a)": reading(values), "dev_accuracy(b)": reading(values)}
    assert verdict("dev_accuracy(a) > dev_accuracy(b)", known).word == "cannot tell"
