"""Writing TOML: sections of plain values, which is all that a configuration has."""

import json
from collections.abc import Mapping
from typing import Any


def document(sections: Mapping[str, Mapping[str, Any]]) -> str:
    """The sections as a TOML document; keys whose value is None are left out (TOML has no null)."""
    blocks = []
    for name, table in sections.items():
        lines = [f"{key} = {_value(value)}" for key, value in table.items() if value is not None]
        blocks.append("\n".join([f"[{name}]", *lines]))
    return "\n\n".join(blocks) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_value(item)}' for key, item in value.items())} }}"
    raise TypeError(f"no TOML for {value!r}")


def _text(value: str) -> str:
    """A basic string: JSON's escapes are TOML's, but for DEL, which TOML wants escaped too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
