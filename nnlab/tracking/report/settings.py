"""The configuration, with what differs from the defaults."""

from collections.abc import Mapping
from typing import Any

from nnlab.core.escaped import escape
from nnlab.tracking.pages.page import Html, folded, table
from nnlab.tracking.report.part import Part
from nnlab.tracking.report.recorded import Recorded, words

MOST = 1000
"""Settings that are shown at most: no configuration of nnlab's has as many."""


def settings(recorded: Recorded) -> Part:
    """What differs in view, all of it folded."""
    defaults = recorded.description.get("defaults")
    every = [(section, key, shown(value)) for section, key, value in _flat(recorded.config)]
    folded_all = folded("every setting (config.toml)", table({"": False, "setting": False, "value": False}, every))
    if defaults is None:
        return Part(
            "settings", "Settings", folded_all, intro="Which of them differ from the defaults was not recorded."
        )
    rows = [
        (f"{section}.{key}", Html(f"<b>{escape(shown(recorded.setting(section, key)))}</b>"), shown(default))
        for section, key, default in _flat(defaults)
        if key in recorded.config.get(section, {})
    ]
    if not rows:
        return Part("settings", "Settings", folded_all, intro="Every setting has its default.")
    html = table({"setting": False, "value": False, "default": False}, rows) + folded_all
    return Part("settings", "Settings", html, intro="What differs from the defaults; all else is as it comes.")


def _flat(tables: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    found = [
        (words(section, 40), words(key, 60), value)
        for section, own in tables.items()
        if isinstance(own, Mapping)
        for key, value in own.items()
    ]
    return found[:MOST]


def shown(value: Any) -> str:
    """A value as a configuration writes it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return words(", ".join(map(str, value)))
    return "none" if value is None else words(value)
