"""Text to values, and back: one set of rules for flags, environment variables, files and `--set`."""

import json
import re
import types
import typing
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

TRUE = frozenset({"true", "yes", "on", "1"})
FALSE = frozenset({"false", "no", "off", "0"})


def convert(raw: Any, kind: Any) -> Any:
    """`raw` as the type `kind`: bool, int, float, str, Literal, tuple[int, ...], dict, or one of several kinds.

    Raises:  ValueError: in words for a user ("must be a whole number, got '1.5'").
    """
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        parts = typing.get_args(kind)
        if raw is None or (isinstance(raw, str) and raw.strip().lower() in {"none", ""} and type(None) in parts):
            return None
        return _first_that_fits(raw, [part for part in parts if part is not type(None)])
    if typing.get_origin(kind) is tuple:
        return _tuple(raw, typing.get_args(kind))
    if typing.get_origin(kind) is dict or kind is dict:
        return _mapping(raw)
    if kind is bool:
        return _bool(raw)
    if kind is int:
        return _int(raw)
    if kind is float:
        return _float(raw)
    if kind is str or typing.get_origin(kind) is typing.Literal:  # which words are allowed is the option's to say
        if not isinstance(raw, str):
            raise ValueError(f"must be text, got {raw!r}")
        return raw
    raise TypeError(f"no conversion to {kind!r}")


def _first_that_fits(raw: Any, kinds: Sequence[Any]) -> Any:
    """Raises ValueError: what the first of the kinds says, when it is none of them."""
    first, *others = kinds
    try:
        return convert(raw, first)
    except ValueError:
        for other in others:
            with suppress(ValueError):
                return convert(raw, other)
        raise


def pair(raw: Any) -> Any:
    """`32` as `32,32` and `32x24` as `32,24`; anything else as it is."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return (raw, raw)
    if not isinstance(raw, str):
        return raw
    items = [item.strip() for item in re.split("[,xX×]", raw)]
    return items * 2 if len(items) == 1 and items[0] else items


def mapping(raw: Any, keys: Sequence[str]) -> Any:
    """`0.7,0.2,0.1` as the values of the keys in their order, and `a=0.7,b=0.3` by name; anything else as it is.

    Raises:  ValueError: when there are more or fewer values than keys.
    """
    if isinstance(raw, str) and not raw.lstrip().startswith("{"):
        raw = [item.strip() for item in raw.split(",")]
    if not isinstance(raw, (list, tuple)):
        return raw
    if all(isinstance(item, str) and "=" in item for item in raw):
        named = (item.partition("=") for item in raw)
        return {name.strip(): _float(value) for name, _, value in named}
    if len(raw) != len(keys):
        raise ValueError(f"must be {len(keys)} numbers, for {', '.join(keys)}, got {', '.join(map(str, raw))!r}")
    return {key: _float(item) for key, item in zip(keys, raw, strict=True)}


def _bool(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.strip().lower() in TRUE | FALSE:
        return raw.strip().lower() in TRUE
    raise ValueError(f"must be true or false, got {raw!r}")


def _int(raw: Any) -> int:
    try:
        if isinstance(raw, bool) or (isinstance(raw, float) and not raw.is_integer()):
            raise ValueError
        return int(raw.replace("_", "") if isinstance(raw, str) else raw)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"must be a whole number, got {raw!r}") from None


def _float(raw: Any) -> float:
    try:
        if isinstance(raw, bool):
            raise ValueError
        return float(raw)
    except (TypeError, ValueError):
        raise ValueError(f"must be a number, got {raw!r}") from None


def _tuple(raw: Any, parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """Text is split at commas; an empty text is the empty tuple. `tuple[int, int]` has to have two."""
    if isinstance(raw, str):
        items: list[Any] = [item.strip() for item in raw.split(",")] if raw.strip() else []
    elif isinstance(raw, (list, tuple)):
        items = list(raw)
    else:
        items = [raw]
    open_ended = len(parts) == 2 and parts[1] is Ellipsis
    if not open_ended and len(items) != len(parts):
        raise ValueError(f"must be {len(parts)} values with commas between, got {raw!r}")
    return tuple(convert(item, parts[0]) for item in items)


def _mapping(raw: Any) -> dict[str, Any]:
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except json.JSONDecodeError:
            raise ValueError(f'must be a JSON object such as {{"name":0.5}}, got {raw!r}') from None
    if not isinstance(raw, dict):
        raise ValueError(f'must be a JSON object such as {{"name":0.5}}, got {raw!r}')
    return raw


def shown(value: Any) -> str:
    """A value as one types it."""
    if isinstance(value, (list, tuple)):
        return ",".join(map(shown, value))
    if isinstance(value, Mapping):
        return json.dumps(dict(value), separators=(",", ":"))
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).lower() if isinstance(value, bool) else str(value)
