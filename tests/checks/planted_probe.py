"""A probe with a fault in it."""

from collections.abc import Mapping

from nnlab.core.types import Array
from nnlab.models.probe import Probe


class PlantedProbe:
    """A probe whose gradient is off in one parameter.  Options:  factor: by which it is."""

    def __init__(self, sound: Probe, name: str, factor: float):
        self._sound, self._name, self._factor = sound, name, factor

    @property
    def parameters(self) -> Mapping[str, Array]:
        return self._sound.parameters

    def gradients(self) -> Mapping[str, Array]:
        return {n: g * (self._factor if n == self._name else 1.0) for n, g in self._sound.gradients().items()}

    def value(self, changed: str | None = None) -> float:
        return self._sound.value(changed)
