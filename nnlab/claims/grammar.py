"""What a claim says, read from a line of a page: `F8  dev_accuracy(adam) > dev_accuracy(constant)`. No code is run.

claim  = ID value op value [-> word]  |  ID value between value and value [-> word]
op     = < <= > >= ==
value  = term  |  term / term  |  term - term
term   = measure(run[, epoch, partition])  |  number [% | points | s | ms | MiB] [± number]
word   = holds (where nothing is said) | fails | cannot tell
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast, get_args

from nnlab.core.errors import UsageError
from nnlab.core.registry import advice

Word = Literal["holds", "fails", "cannot tell"]
Operator = Literal["<", "<=", ">", ">=", "==", "between"]

UNITS: dict[str, tuple[str, float]] = {
    "%": ("share", 0.01),
    "points": ("share", 0.01),
    "s": ("seconds", 1.0),
    "ms": ("seconds", 0.001),
    "MiB": ("MiB", 1.0),
}
"""Of a number, what it counts, and how much one of it is."""

TOKEN = re.compile(
    r"\s*(?:(?P<call>[A-Za-z_]\w*\s*\([^()]*\))|(?P<duration>\d+m\d+(?:\.\d+)?s\b)"
    r"|(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<sign><=|>=|==|->|[<>/%±-])|(?P<word>[A-Za-z_]\w*))"
)


@dataclass(frozen=True)
class Number:
    """A number as it is written.  Options:  spread: half the width of its interval.  unit: "" where none is said."""

    value: float
    unit: str = ""
    spread: float = 0.0


@dataclass(frozen=True)
class Call:
    """A measure of a run, or of two."""

    measure: str
    arguments: tuple[str, ...]

    @property
    def text(self) -> str:
        """As evidence names it: always the same for the same measure."""
        return f"{self.measure}({', '.join(self.arguments)})"


@dataclass(frozen=True)
class Combined:
    """The quotient or the difference of two terms."""

    operator: Literal["/", "-"]
    left: "Number | Call"
    right: "Number | Call"


Value = Number | Call | Combined


@dataclass(frozen=True)
class Claim:
    """One claim.  Options:  right: with `between` its lower end, `upper` the other.  says: the page's own word.
    text: as the page has it, without its name and its word."""

    name: str
    text: str
    left: Value
    operator: Operator
    right: Value
    upper: Value | None = None
    says: Word = "holds"
    line: int = 0

    @property
    def calls(self) -> list[Call]:
        """Every measure that it speaks of."""
        values = [value for value in (self.left, self.right, self.upper) if value is not None]
        return [term for value in values for term in terms_of(value) if isinstance(term, Call)]


def terms_of(value: Value) -> "tuple[Number | Call, ...]":
    """What it is made of."""
    return (value.left, value.right) if isinstance(value, Combined) else (value,)


def claim_of(text: str, line: int) -> Claim:
    """The claim of a line.  Raises UsageError: what is wrong with it, without where."""
    name, _, rest = text.strip().partition(" ")
    said, arrow, word = rest.partition("->")
    says = " ".join(word.split()) if arrow else "holds"
    if says not in get_args(Word):
        raise UsageError(f"claim {name}: {says!r} is no verdict", hint=advice(says, list(get_args(Word))))
    tokens = _Tokens(name, list(_split(name, said.strip())))
    left = tokens.value()
    operator = tokens.taken(*get_args(Operator))
    right = tokens.value()
    upper = None
    if operator == "between":
        tokens.taken("and")
        upper = tokens.value()
    tokens.end()
    claim = Claim(name, " ".join(said.split()), left, cast(Operator, operator), right, upper, cast(Word, says), line)
    _refuse_ends(claim)
    return claim


def _refuse_ends(claim: Claim) -> None:
    """Raises UsageError: for a quotient or a difference that is not held against a number, and ends of nothing."""
    ends = [value for value in (claim.right, claim.upper) if value is not None]
    if any(isinstance(end, Combined) for end in ends):
        raise UsageError(f"claim {claim.name}: a quotient or difference stands on the left")
    if claim.operator == "==" and isinstance(claim.left, Combined):
        raise UsageError(f"claim {claim.name}: == is of whole figures, not of a quotient or difference")
    held = isinstance(claim.left, Combined) or claim.operator == "between"
    if held and not all(isinstance(end, Number) for end in ends):
        what = "a quotient, a difference, or what lies between two ends, is held against numbers"
        raise UsageError(f"claim {claim.name}: {what}")
    if isinstance(claim.right, Number) and isinstance(claim.upper, Number):
        if claim.right.spread or claim.upper.spread:
            raise UsageError(f"claim {claim.name}: between two ends, which have no ±")
        if claim.right.value > claim.upper.value:
            raise UsageError(f"claim {claim.name}: between two ends, the lower first")


def _split(name: str, text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise UsageError(f"claim {name}: cannot be read from {text[at:].strip()[:30]!r} on")
        yield found.lastgroup, found.group(found.lastgroup)
        at = found.end() + (len(text[found.end() :]) - len(text[found.end() :].lstrip()))


class _Tokens:
    """The words of a claim, taken one after the other."""

    def __init__(self, name: str, tokens: list[tuple[str, str]]):
        self.name, self.tokens, self.at = name, tokens, 0

    def taken(self, *words: str) -> str:
        """The next word, which has to be one of these."""
        kind, word = self._next(f"expects {', '.join(words)}")
        if kind in ("sign", "word") and word in words:
            return word
        raise UsageError(f"claim {self.name}: expects {' or '.join(words)}, got {word!r}")

    def value(self) -> Value:
        """A term, or two with / or - between them."""
        left = self._term()
        if self._peek() not in ("/", "-"):
            return left
        operator = self.taken("/", "-")
        return Combined(cast(Literal["/", "-"], operator), left, self._term())

    def end(self) -> None:
        """Raises UsageError: when something follows."""
        if self.at < len(self.tokens):
            raise UsageError(f"claim {self.name}: ends before {self.tokens[self.at][1]!r}")

    def _term(self) -> Number | Call:
        kind, word = self._next("expects a measure or a number")
        if kind == "call":
            measure, _, inside = word.rstrip(")").partition("(")
            return Call(measure.strip(), tuple(part.strip() for part in inside.split(",")))
        if kind == "duration":
            minutes, seconds = word.rstrip("s").split("m")
            return Number(60 * float(minutes) + float(seconds), "seconds")
        if kind != "number":
            what = f"expects a measure such as dev_accuracy(RUN), or a number, got {word!r}"
            raise UsageError(f"claim {self.name}: {what}")
        return self._number(float(word))

    def _number(self, value: float) -> Number:
        unit, size = self._unit()
        if self._peek() != "±":
            return Number(value * size, unit)
        self.taken("±")
        kind, word = self._next("expects a number after ±")
        if kind != "number":
            raise UsageError(f"claim {self.name}: expects a number after ±, got {word!r}")
        also, same = self._unit()
        unit, size, same = (unit, size, same if also else size) if unit else (also, same, same)
        return Number(value * size, unit, abs(float(word)) * same)

    def _unit(self) -> tuple[str, float]:
        if self._peek() in UNITS:
            self.at += 1
            return UNITS[self.tokens[self.at - 1][1]]
        return "", 1.0

    def _peek(self) -> str | None:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else None

    def _next(self, wanted: str) -> tuple[str, str]:
        if self.at == len(self.tokens):
            raise UsageError(f"claim {self.name}: ends where it {wanted}")
        self.at += 1
        return self.tokens[self.at - 1]
