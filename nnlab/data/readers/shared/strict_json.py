"""JSON of strangers: no NaN, no depth without end, and numbers that are finite."""

import json
import math
from typing import Any

from nnlab.core.reading import parsed


def strict_json(text: str) -> Any:
    """What a text says.  Raises ValueError: it is no JSON."""
    return parsed(lambda text: json.loads(text, parse_constant=_refuse), text)


def json_number(value: Any) -> float | None:
    """A finite number of JSON; None for all else, however large."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number")
