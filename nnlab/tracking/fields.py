"""What a file that was read has to hold: fields by name, each of a kind. Checked once, where it is read."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.core.errors import DataError

MOST = 2**48
"""More than any count, size or seed of steps is; beyond it numbers overflow somewhere."""


@dataclass(frozen=True)
class Kind:
    """What a field may be. Options:  words: the same for a message.  holds: whether a value is of it."""

    words: str
    holds: Callable[[Any], bool]

    def __or__(self, other: "Kind") -> "Kind":
        return Kind(f"{self.words} or {other.words}", lambda value: self.holds(value) or other.holds(value))


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


NOTHING = Kind("nothing", lambda value: value is None)
TEXT = Kind("text", lambda value: isinstance(value, str))
NUMBER = Kind("a number", _number)
COUNT = Kind("a whole number from 0 on", lambda value: type(value) is int and 0 <= value <= MOST)
SIZE = Kind("a whole number from 1 on", lambda value: type(value) is int and 1 <= value <= MOST)
FLAG = Kind("true or false", lambda value: isinstance(value, bool))
TABLE = Kind("a table", lambda value: isinstance(value, dict))


def all_of(kind: Kind, *, least: int = 0) -> Kind:
    """A list, every item of which is of a kind."""
    return Kind(
        f"a list, each item of which is {kind.words}",
        lambda value: isinstance(value, list) and len(value) >= least and all(map(kind.holds, value)),
    )


def one_of(*values: str) -> Kind:
    """One of these words."""
    return Kind(" or ".join(values), lambda value: isinstance(value, str) and value in values)


def require(
    document: Any, fields: Mapping[str, Kind], *, where: str, optional: Mapping[str, Kind] | None = None
) -> dict[str, Any]:
    """The document, which is a table with these fields; `optional` ones may be missing, others are not looked at.

    Raises:  DataError: naming the first field that is missing or of another kind.
    """
    if not isinstance(document, dict):
        raise DataError(f"is damaged (it is no table but {_shown(document)})", where=where)
    for name, kind in {**(optional or {}), **fields}.items():
        if name not in document:
            if name in fields:
                raise DataError(f"is damaged ({name} is missing)", where=where)
        elif not kind.holds(document[name]):
            raise DataError(f"is damaged ({name} is {_shown(document[name])}, not {kind.words})", where=where)
    return document


def _shown(value: Any, most: int = 40) -> str:
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}..."
