"""What rounding can do in one step: the hand-written step again and again, every intermediate result jittered."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np

from nnlab.checks.parity.jittered import Jittered
from nnlab.checks.parity.measure import differences, largest, pieces, widen
from nnlab.checks.parity.step import Moment, See, Tensors, forget, gradient_name, take, tensors_of
from nnlab.checks.parity.subject import Subject
from nnlab.checks.parity.ties import pooled, widen_ties
from nnlab.core.types import Array

FLOOR: Final = 300
"""Units of rounding of a tensor's largest element that sums in another order may always differ by; where a layer has a
quicker form, as many times more as that says (`Layer.rounding`)."""

JITTER: Final = 4
"""Units of rounding by which intermediate results are jittered: more than one operation's, less than a long sum's; as
many times more as for FLOOR."""

REPEATS: Final = 4
MORE_REPEATS: Final = 12
"""Jittered steps, and how many more before a difference is called unexplained."""

MARGIN: Final = 10
"""Times floor plus spread that rounding may explain: the spread is the largest of a few draws, not a bound."""


@dataclass(eq=False)
class Rounding:
    """A hand-written step, and how far each element of each tensor moves when rounding does.

    The step is taken in float64. An element differs by no more than rounding when its difference is within
    MARGIN (FLOOR eps max |tensor| + spread), the spread being the farthest that it moved in the jittered steps. A
    gradient element that is itself within that has no signal: an update rule may make whole steps of it (Adam does), so
    its slots and its weight say nothing. So a bias in front of BatchNorm, a constant feature, a saturated unit and a
    kink of ReLU where its input is zero but for rounding need no cases of their own; a max-pool of a flat image does.

    Options:  eps: the unit of rounding; float32's makes jitter of what float32 would round, in float64 arithmetic.
              only: the tensors that are asked about, with the gradients of parameters among them; None for all.
              hand: takes the hand-written steps of this subject; None makes one.
    Source:   Parker, "Monte Carlo arithmetic", 1997; Vignes, "A stochastic arithmetic for reliable scientific
              computation" (CESTAC), 1993.
    """

    subject: Subject
    moment: Moment
    eps: float = float(np.finfo(np.float64).eps)
    only: Collection[str] | None = None
    hand: Jittered | None = None

    def __post_init__(self) -> None:
        self._floor = FLOOR * self.subject.rounding
        self._jitter = JITTER * self.subject.rounding * self.eps
        self._hand = self.hand or Jittered(self.subject)
        read = {f"{read} forward" for _, read, _ in pooled(self.subject.graph)}
        wanted = None if self.only is None else {*self.only, *read}
        self.plain: Tensors = tensors_of(self._hand, self.moment, wanted)
        forget(self._hand)
        self._spread = {name: np.zeros_like(tensor) for name, tensor in self.plain.items()}
        self._taken = 0

    def repeat(self, upto: int = REPEATS) -> None:
        """Takes jittered steps until there were so many: in pairs, the second with every jitter of the first turned
        round. Of two values that tie but for rounding each is then the larger once, whatever is drawn."""

        def see(name: str, tensor: Array) -> None:
            if name in self._spread:
                widen(self._spread[name], tensor, self.plain[name])

        for repeat in range(self._taken, upto):
            pair, turned = divmod(repeat, 2)
            self._hand.shake((-1) ** turned * self._jitter, self.moment.rng.at("rounding", pair))
            for name, tensor in take(self._hand, self.moment, see).items():
                see(name, tensor)
        for node, read, pool in pooled(self.subject.graph):
            name, source = f"{node} backward", f"{read} forward"
            if name in self._spread:
                widen_ties(self._spread[name], self.plain[name], self.plain[source], self.allowed(source), pool)
        self._hand.shake(0.0)
        forget(self._hand)
        self._taken = max(self._taken, upto)

    def take(self, moment: Moment, see: See) -> Tensors:
        """The hand-written step of another moment: shows its tensors and returns the rest, as the function `take`."""
        return take(self._hand, moment, see)

    def allowed(self, name: str) -> Array:
        """How far each element of a tensor may be moved by rounding."""
        with np.errstate(all="ignore"):
            bound: Array = MARGIN * (self._floor * self.eps * largest(self.plain[name]) + self._spread[name])
        return bound

    def parted(self, tensors: Tensors) -> dict[str, float]:
        """The tensors with an element that rounding does not explain, and how far that is of the largest element.

        A slot that the other step lacks is zero there; other tensors that only one of the two has are left out.
        """
        found = self._parted(tensors)
        for repeats in (REPEATS, MORE_REPEATS):
            if found and self._taken < repeats:
                self.repeat(repeats)
                found = self._parted(tensors)
        return found

    def _parted(self, tensors: Tensors) -> dict[str, float]:
        found = {}
        for name, plain in self.plain.items():
            lost = name not in tensors and self.parameter_of(name) is not None
            tensor = np.zeros_like(plain) if lost else tensors.get(name)
            if tensor is not None and (relative := self._unexplained(name, tensor)) > 0:
                found[name] = relative
        return found

    def _unexplained(self, name: str, tensor: Array) -> float:
        plain = self.plain[name]
        if plain.shape != tensor.shape:
            return math.inf
        apart = self._apart(name, tensor)
        unexplained = apart > self.allowed(name)
        if not unexplained.any():
            return 0.0
        scale = max(largest(plain), largest(tensor))
        return float(apart[unexplained].max()) / scale if scale else math.inf

    def _apart(self, name: str, tensor: Array) -> Array:
        """How far each element is from the hand-written step's; 0 where it has no signal."""
        apart = differences(tensor, self.plain[name])
        if apart.any() and (parameter := self.parameter_of(name)) is not None:
            apart[self.silent(parameter)] = 0.0
        return apart

    def farthest(self, name: str, tensor: Array) -> float:
        """The largest difference of an element that has signal."""
        if self.plain[name].shape != tensor.shape:
            return math.inf
        return float(self._apart(name, tensor).max(initial=0.0))

    def parameter_of(self, name: str) -> str | None:
        """The parameter that a tensor is, or is a slot of."""
        value = name.partition(" ")[0]
        return value if value in {parameter.name for parameter in self.subject.graph.parameters} else None

    def silent(self, parameter: str) -> Array:
        """Which elements of a parameter's gradient are within what rounding may do to them."""
        name = gradient_name(parameter)
        within: Array = np.abs(self.plain[name]) <= self.allowed(name)
        return within

    def noise(self, name: str) -> Array:
        """Which elements of a tensor are no larger than what rounding was seen to do to them: they mean nothing."""
        plain, spread = self.plain[name], self._spread[name]
        within = np.empty_like(plain, np.bool_)
        for means_nothing, element, moved in pieces(within, plain, spread):
            np.less_equal(np.abs(element), MARGIN * moved, out=means_nothing)
        return within
