"""Claims as they are written: every form, and what is refused."""

import pytest

from nnlab.claims.grammar import Call, Claim, Combined, Number, claim_of
from nnlab.core.errors import UsageError


def test_two_measures_are_held_against_each_other() -> None:
    claim = claim_of("F8  dev_accuracy(adam) > dev_accuracy( constant )", 7)
    assert claim == Claim(
        "F8", "dev_accuracy(adam) > dev_accuracy( constant )", Call("dev_accuracy", ("adam",)), ">",
        Call("dev_accuracy", ("constant",)), line=7,
    )  # fmt: skip
    assert claim.right.text == "dev_accuracy(constant)"  # type: ignore[union-attr]


def test_a_quotient_lies_between_two_ends() -> None:
    claim = claim_of("F14 seconds(vips) / seconds(magick) between 0.8 and 1.3", 1)
    assert claim.left == Combined("/", Call("seconds", ("vips",)), Call("seconds", ("magick",)))
    assert (claim.operator, claim.right, claim.upper) == ("between", Number(0.8), Number(1.3))
    assert [call.text for call in claim.calls] == ["seconds(vips)", "seconds(magick)"]


@pytest.mark.parametrize("ends", ["1.3 and 0.8", "0.8 ± 0.1 and 1.3", "0.8 and 1.3 ± 0.1"])
def test_two_ends_are_plain_numbers_the_lower_first(ends: str) -> None:
    with pytest.raises(UsageError, match="claim F14: between two ends"):
        claim_of(f"F14 seconds(vips) between {ends}", 1)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("98%", Number(0.98, "share")),
        ("8 points", Number(0.08, "share")),
        ("98% ± 1", Number(0.98, "share", 0.01)),
        ("98 ± 1 %", Number(0.98, "share", 0.01)),
        ("8 points ± 27 points", Number(0.08, "share", 0.27)),
        ("5m23s", Number(323.0, "seconds")),
        ("6m07.5s", Number(367.5, "seconds")),
        ("29.2 ms", Number(0.0292, "seconds")),
        ("148 MiB", Number(148.0, "MiB")),
        ("-1.5e-7", Number(-1.5e-7)),
    ],
)
def test_numbers_have_units_and_spreads(text: str, number: Number) -> None:
    left = claim_of(f"X {text} < 1", 1).left
    assert isinstance(left, Number) and left.unit == number.unit
    assert (left.value, left.spread) == pytest.approx((number.value, number.spread), rel=1e-12)


def test_a_page_may_say_that_it_does_not_hold() -> None:
    assert claim_of("F2 unstable_steps(a) > 0 -> fails", 1).says == "fails"
    assert claim_of("F2 unstable_steps(a) > 0 ->  cannot   tell", 1).says == "cannot tell"
    assert claim_of("F2 unstable_steps(a) > 0", 1).says == "holds"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("F1", "ends where it expects a measure or a number"),
        ("F1 dev(a)", "ends where it expects <, <=, >"),
        ("F1 dev(a) != 3", "cannot be read from '!= 3' on"),
        ("F1 dev(a) > 3 4", "ends before '4'"),
        ("F1 dev > 3", "expects a measure such as dev_accuracy(RUN), or a number, got 'dev'"),
        ("F1 dev(a) between 1 2", "expects and, got '2'"),
        ("F1 dev(a) > 3 ± x(b)", "expects a number after ±"),
        ("F1 dev(a) > 1 -> hold", "'hold' is no verdict"),
        ("F1 dev(a) > dev(b) / dev(c)", "stands on the left"),
        ("F1 dev(a) / dev(b) > dev(c)", "is held against numbers"),
        ("F1 dev(a) - dev(b) == 0", "== is of whole figures"),
        ("F1 __import__('os').system('true') > 1", "cannot be read"),
        ("F1 dev(a) > (lambda: 1)()", "cannot be read"),
    ],
)
def test_what_is_no_claim_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(UsageError) as raised:
        claim_of(text, 1)
    assert reason in str(raised.value)
