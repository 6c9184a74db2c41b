"""Whether a claim holds: by what was measured, and how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from nnlab.claims.difference import ONE_RUN, Bounds, apart, by_intervals, ratio
from nnlab.claims.grammar import Call, Claim, Combined, Number, Value, terms_of
from nnlab.claims.reading import Interval, Reading
from nnlab.claims.shown import shown, shown_between

Word = Literal["holds", "fails", "cannot tell", "stale", "missing"]


@dataclass(frozen=True)
class Verdict:
    """What is said of a claim.

    Options:  figures: what was measured, in words.  why: by which method, or why nothing can be told.
    """

    claim: Claim
    word: Word
    figures: str = ""
    why: str = ""

    @property
    def agrees(self) -> bool:
        """Whether it is what the page says."""
        return self.word == self.claim.says


def judged(claim: Claim, readings: Mapping[str, Reading]) -> Verdict:
    """A claim by what was measured of each of its measures."""
    values = {call.text: readings[call.text] for call in claim.calls}
    said = "; ".join(f"{text}: {shown(reading)}" for text, reading in values.items())
    if claim.operator == "==":
        return _same(claim, values, said)
    if claim.operator == "between":
        bounds, method = _bounds_of(claim.left, values)
        low, high = (end.value if isinstance(end, Number) else 0.0 for end in (claim.right, claim.upper))
        return Verdict(claim, _within(bounds, low, high), said, _how(bounds, method, claim.left, values))
    bounds, method = _compared(claim, values)
    return Verdict(claim, _side(claim.operator, bounds), said, _how(bounds, method, claim.left, values, against=True))


def _compared(claim: Claim, values: Mapping[str, Reading]) -> Bounds:
    """The left less the right."""
    left, right = claim.left, claim.right
    if isinstance(left, Call) and isinstance(right, Call):
        return apart(values[left.text], values[right.text])
    if isinstance(left, Number) and isinstance(right, Call):
        turned, method = _against(right, left, values)
        return (None if turned is None else (-turned[1], -turned[0])), method
    assert isinstance(right, Number)
    return _against(left, right, values)


def _against(left: Value, number: Number, values: Mapping[str, Reading]) -> Bounds:
    """A value less a number, which may have a spread of its own."""
    bounds, method = _bounds_of(left, values)
    if bounds is None or not number.spread:
        return (None if bounds is None else (bounds[0] - number.value, bounds[1] - number.value)), method
    middle = (bounds[0] + bounds[1]) / 2
    ends = (number.value - number.spread, number.value + number.spread)
    return by_intervals(middle, bounds, number.value, ends)


def _bounds_of(value: Value, values: Mapping[str, Reading]) -> Bounds:
    """Between which bounds a value lies."""
    if isinstance(value, Number):
        return (value.value - value.spread, value.value + value.spread), "as they are"
    if isinstance(value, Call):
        reading = values[value.text]
        own = reading.interval
        if own is None:
            return None, ONE_RUN if reading.mean is not None else "some runs have no such figure"
        return own, _interval_of(reading)
    one, other = (_reading(term, values) for term in (value.left, value.right))
    return ratio(one, other) if value.operator == "/" else apart(one, other)


def _reading(term: Number | Call, values: Mapping[str, Reading]) -> Reading:
    """A number as what somebody reported."""
    if isinstance(term, Call):
        return values[term.text]
    return Reading((), "reported", term.unit, {"": term.value}, spread=term.spread)


def _side(operator: str, bounds: Interval | None) -> Word:
    """The interval's whole side."""
    if bounds is None:
        return "cannot tell"
    low, high = bounds if operator in ("<", "<=") else (-bounds[1], -bounds[0])
    if high < 0 or (high == 0 and operator in ("<=", ">=")):
        return "holds"
    return "fails" if low > 0 or (low == 0 and operator in ("<", ">")) else "cannot tell"


def _within(bounds: Interval | None, low: float, high: float) -> Word:
    if bounds is None:
        return "cannot tell"
    if low <= bounds[0] and bounds[1] <= high:
        return "holds"
    return "fails" if bounds[1] < low or bounds[0] > high else "cannot tell"


def _same(claim: Claim, values: Mapping[str, Reading], said: str) -> Verdict:
    """Byte for byte, seed by seed."""
    ends = [values[v.text] if isinstance(v, Call) else v for v in (claim.left, claim.right)]
    readings = [end for end in ends if isinstance(end, Reading)]
    if len(readings) == 2:
        one, other = readings
        if one.each.keys() != other.each.keys():
            return Verdict(claim, "cannot tell", said, "their seeds are not the same")
        equal = all(value is not None and other.each[seeds] == value for seeds, value in one.each.items())
    else:
        numbers = [end.value for end in ends if isinstance(end, Number)]
        equal = all(value == numbers[0] for value in (*numbers, *(v for each in readings for v in each.each.values())))
    return Verdict(claim, "holds" if equal else "fails", said, "by whole values, seed by seed")


def _interval_of(reading: Reading) -> str:
    """How the interval of one value was found."""
    if reading.kind == "fact":
        return "as it is"
    if reading.kind == "reported":
        return "as it was reported"
    count = len(reading.numbers)
    return f"t interval over {count} seeds" if count > 1 else f"Wilson interval of {reading.n} samples"


def _how(
    bounds: Interval | None, method: str, left: Value, values: Mapping[str, Reading], *, against: bool = False
) -> str:
    """The bounds in the unit of the value, and the method."""
    if bounds is None:
        return method
    call = next((term for term in terms_of(left) if isinstance(term, Call)), None)
    unit = "" if call is None or (isinstance(left, Combined) and left.operator == "/") else values[call.text].unit
    what = "apart by " if against else ""
    return f"{what}{shown_between(bounds, unit, difference=against)}; {method}"
