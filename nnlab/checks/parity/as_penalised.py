"""Parameters as if weight decay did, or did not, apply to them."""

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field

from nnlab.core.parameter import Parameter
from nnlab.losses.penalty import Penalty

Scope = Callable[[Parameter], bool]
"""Whether weight decay applies to a parameter."""


def as_penalised(parameter: Parameter, penalised: bool) -> Parameter:
    """The same value and gradient, in the same memory, with the flag as it is given."""
    _ = parameter.grad  # zeros where nothing was added yet, so that both see the same sum
    twin = copy(parameter)
    twin.penalised = penalised
    return twin


@dataclass(kw_only=True, eq=False)
class ScopedPenalty(Penalty):
    """The penalty on other parameters than those that say they are penalised."""

    scope: Scope = field(repr=False)

    def value(self, parameters: Iterable[Parameter]) -> float:
        """What the penalty adds to the objective."""
        return super().value(self._scoped(parameters))

    def add_gradient(self, parameters: Iterable[Parameter]) -> None:
        """Adds its gradient to `grad` of every parameter in its scope."""
        super().add_gradient(self._scoped(parameters))

    def _scoped(self, parameters: Iterable[Parameter]) -> Iterator[Parameter]:
        return (as_penalised(parameter, self.scope(parameter)) for parameter in parameters)
