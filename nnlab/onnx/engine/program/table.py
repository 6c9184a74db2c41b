"""The table of forms: for an operator's class, what lays its steps out."""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import Any

from nnlab.onnx.engine.program.site import Bound, Site
from nnlab.onnx.ops.base import Operator

Form = Callable[[Site], Bound | None]
"""Lays a step out; None where it has nothing better than the operator itself."""

_TABLE: dict[type[Any], Form] = {}


def form_of(*classes: Any) -> Callable[[Form], Form]:
    """Decorator: the form of these classes and those below them that have none of their own."""

    def offered(form: Form) -> Form:
        _TABLE.update(dict.fromkeys(classes, form))
        return form

    return offered


@cache
def form(cls: type[Operator]) -> Form | None:
    """The form of a class; None if it has none."""
    _load()
    return next((_TABLE[base] for base in cls.__mro__ if base in _TABLE), None)


@cache
def _load() -> None:
    package = importlib.import_module("nnlab.onnx.engine.program.forms")
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
