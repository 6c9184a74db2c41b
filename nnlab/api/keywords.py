"""Keyword arguments as settings: what Python has instead of text becomes what a command line would say."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.core.component import Component, changed
from nnlab.core.errors import UsageError
from nnlab.core.registry import advice
from nnlab.experiment.settings import CHOICES, canonical
from nnlab.experiment.sources import SettingsSource, from_flags


def from_keywords(settings: Mapping[str, Any]) -> SettingsSource:
    """The settings; what is None was not said.

    A component stands for its name and the options that differ from its defaults: `optimizer=Momentum(decay=0.8)`.
    """
    said: dict[str, Any] = {}
    for key, value in settings.items():
        if value is None:
            continue
        section = canonical(key)
        if isinstance(value, Component) and section in CHOICES:
            said |= _component(section, value)
        else:
            said[key] = plain(value)
    return from_flags(said)


def _component(section: str, component: Component) -> dict[str, Any]:
    own = {f"{section}.{name}": value for name, value in changed(component).items()}
    return {section: type(component).__name__, **own}


def one_of(known: Sequence[str], value: str, where: str) -> None:
    """Raises UsageError: naming what it may be, when it is another."""
    if value not in known:
        raise UsageError(f"cannot be {value!r}", where=where, hint=advice(str(value), list(known)))


def plain(value: Any) -> Any:
    """A value of Python's own: paths, run folders and classes as text, NumPy's numbers and arrays as numbers."""
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    if isinstance(value, type) and issubclass(value, Component):
        return value.__name__
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return tuple(value.tolist())
    if isinstance(value, (list, tuple)):
        return tuple(map(plain, value))
    return value
