"""What a gradient check needs to know of a model, on whatever backend."""

from collections.abc import Mapping
from typing import Protocol

from nnlab.core.types import Array


class Probe(Protocol):
    """The whole objective (penalty included) on one batch, in float64, with its dropout masks fixed."""

    @property
    def parameters(self) -> Mapping[str, Array]:
        """The float64 values by name. The check changes elements in place and puts them back."""
        ...

    def gradients(self) -> Mapping[str, Array]:
        """The backend's own gradient of the objective at the values as they are now, by the same names."""
        ...

    def value(self, changed: str | None = None) -> float:
        """The objective with the parameters as they are now; `changed` names the only one that differs from its
        first value, so that what lies before it in the network need not be computed again."""
        ...
