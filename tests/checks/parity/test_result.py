"""What a comparison says of itself."""

from nnlab.checks.parity.result import Comparison, Divergence, Kind, StepDifferences


def comparison(*kinds: Kind, silent: frozenset[str] = frozenset()) -> Comparison:
    return Comparison(
        backends=("numpy", "torch"),
        dtype="float32",
        steps=2,
        tensors=("a", "b"),
        history=(StepDifferences(1, 1, {"a": 1e-7, "b": 0.5}), StepDifferences(2, 1, {"a": 2e-7, "b": 0.1})),
        divergences=tuple(Divergence(step, 1, "b", kind, 0.5, "said") for step, kind in enumerate(kinds, start=1)),
        silent=silent,
    )


def test_without_divergences_it_is_equal() -> None:
    found = comparison()
    assert found.verdict == "equal" and found.first is None


def test_the_verdict_is_the_worst_kind_and_the_first_is_a_grave_one() -> None:
    found = comparison("rounding", "no signal", "convention", "bug")
    assert found.verdict == "bug"
    assert found.first is not None and found.first.step == 3
    assert comparison("rounding", "no signal").verdict == "no signal"
    mild = comparison("rounding", "no signal").first
    assert mild is not None and mild.step == 1


def test_the_worst_is_told_of_tensors_with_signal() -> None:
    assert comparison().worst == ("b", 0.5)
    assert comparison(silent=frozenset({"b"})).worst == ("a", 2e-7)
    assert comparison(silent=frozenset({"a", "b"})).worst == ("", 0.0)
