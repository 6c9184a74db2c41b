"""Names with a backend in them: `NLayersTorch` is NLayers on torch, `TorchVips` is Vips for a run on torch."""

from dataclasses import dataclass
from typing import Any

from nnlab.backends.base import BACKENDS
from nnlab.core.registry import Registry, normalised


@dataclass(frozen=True)
class Named:
    """A registered name, and the backend that its affix asked for (None without an affix)."""

    name: str
    backend: str | None


@dataclass(frozen=True)
class Wish:
    """Somebody asks for a backend.

    Options:  strength: of the source that says so; a flag's is above a file's.  place: as it is written there.
    """

    strength: int
    place: str
    backend: str


def split_backend(value: str, registry: Registry[Any]) -> Named:
    """The component and the backend that a name means. Raises UsageError: when there is no such component."""
    if value in registry or registry is BACKENDS:
        return Named(registry.name_of(value), None)
    flat = normalised(value)
    for backend in BACKENDS.names():
        for rest in (flat.removesuffix(backend), flat.removeprefix(backend)):
            if rest != flat and rest in registry:
                return Named(registry.name_of(rest), backend)
    registry.get(value)  # raises, with the nearest names
    raise AssertionError(value)
