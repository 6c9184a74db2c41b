"""Names of a package that are imported when they are first asked for, so that importing the package itself is light."""

from __future__ import annotations

import importlib
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing takes longer to import than all the rest of `import nnlab`
    from collections.abc import Callable, Collection, Mapping
    from typing import Any

    Get = Callable[[str], Any]
    Dir = Callable[[], list[str]]
    """What a module calls `__getattr__` and `__dir__`."""


def lazily(package: str, offered: Mapping[str, str], rooms: Collection[str] = ()) -> tuple[Get, Dir]:
    """A package's `__getattr__` and `__dir__`.

    Options:  offered: names, and the module that each is in.  rooms: packages in it that are got by name.
    """

    def get(name: str) -> Any:
        if name in rooms:
            return importlib.import_module(f"{package}.{name}")
        if name not in offered:
            raise _no(package, name)
        value = getattr(importlib.import_module(offered[name]), name)
        setattr(sys.modules[package], name, value)  # the next time Python finds it without asking
        return value

    return get, lambda: sorted({*vars(sys.modules[package]), *offered, *rooms})


def components(package: str, registry: str) -> tuple[Get, Dir]:
    """The same for a room of components: every one of its registry, other packages' among them, and its contract.

    Options:  registry: its name in `<package>.base`.
    """

    def every() -> dict[str, Any]:
        base = importlib.import_module(f"{package}.base")
        kind = {name: value for name, value in vars(base).items() if getattr(value, "__module__", "") == base.__name__}
        return {**kind, registry: getattr(base, registry), **{cls.__name__: cls for cls in getattr(base, registry)}}

    def get(name: str) -> Any:
        if not name[:1].isupper():  # a module of the room, which Python itself looks for next
            raise _no(package, name)
        found = every()
        if name not in found:
            raise _no(package, name)
        return found[name]

    return get, lambda: sorted({*vars(sys.modules[package]), *every()})


def _no(package: str, name: str) -> AttributeError:
    """What Python says itself, who adds the nearest name."""
    return AttributeError(f"module {package!r} has no attribute {name!r}", name=name, obj=sys.modules[package])
