"""How a network of inverted bottlenecks grows by three factors together, and what rounding leaves of that."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from nnlab.core.errors import UsageError
from nnlab.models.mb_conv_net import MBConvNet
from nnlab.models.summary import Summary

STEP, MOST = 0.005, 800
"""A factor that is solved for: 1 + k STEP, k at most MOST."""

Size = tuple[int, int]
"""Width and height of pictures."""

Counted = Callable[[MBConvNet, Size], Summary]
"""Called with a network and the size of its pictures: its figures."""


@dataclass(frozen=True)
class Factors:
    """alpha: of every row's repeats.  beta: of every row's channels.  gamma: of the pictures' sides."""

    alpha: float = 1.2
    beta: float = 1.1
    gamma: float = 1.15

    @property
    def product(self) -> float:
        """What the multiply-adds grow by where nothing is rounded: alpha beta^2 gamma^2."""
        return self.alpha * self.beta**2 * self.gamma**2

    def grown(self, model: MBConvNet, size: Size, phi: float) -> tuple[MBConvNet, Size]:
        """The network and its pictures, grown by each factor to the power phi."""
        depth, width = model.depth * self.alpha**phi, model.width * self.beta**phi
        sides = tuple(max(1, round(side * self.gamma**phi)) for side in size)
        return replace(model, depth=depth, width=width), (sides[0], sides[1])


@dataclass(frozen=True)
class Grown:
    """A network that was grown, in figures.

    Options:  ratio: of its multiply-adds to those of the network that was begun with.  nominal: what that ought to be.
              remarks: what rounding did, in words.
    """

    phi: float
    size: Size
    channels: tuple[int, ...]
    repeats: tuple[int, ...]
    parameters: int
    statistics: int
    multiply_adds: int
    activations: int
    ratio: float
    nominal: float
    remarks: tuple[str, ...] = ()

    @property
    def off(self) -> float:
        """How far its cost is from what it ought to be, as a share of that."""
        return self.ratio / self.nominal - 1

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self) | {"off": self.off}


@dataclass(frozen=True)
class Seed:
    """What is grown: a network, the size of its pictures, and what counts such a network."""

    model: MBConvNet
    size: Size
    counted: Counted

    def figures(self, factors: Factors, phi: float) -> tuple[MBConvNet, Size, Summary]:
        """The network at phi. Raises UsageError: naming the row that would make a map smaller than a pixel."""
        model, size = factors.grown(self.model, self.size, phi)
        require_room(model, size)
        return model, size, self.counted(model, size)

    def cost(self, factors: Factors, phi: float) -> int:
        """Its multiply-adds."""
        return self.figures(factors, phi)[2].multiply_adds


def grown_rows(
    seed: Seed, factors: Factors, phis: Sequence[float], *, target: float = 2.0, tolerance: float = 0.1
) -> list[Grown]:
    """The network at each phi, its cost beside target^phi.

    Options:  tolerance: how far, as a share, a cost may be off before that is remarked.
    Raises:   UsageError: naming the row that would make a map smaller than a pixel.
    """
    base, before, rows = seed.cost(factors, 0), None, list[Grown]()
    for phi in phis:
        larger, sides, found = seed.figures(factors, phi)
        kept = larger.rows()
        row = Grown(
            phi,
            sides,
            tuple(row.channels for row in kept),
            tuple(row.repeats for row in kept),
            found.parameters,
            found.statistics,
            found.multiply_adds,
            found.activations,
            found.multiply_adds / base,
            target**phi,
        )
        rows.append(replace(row, remarks=tuple(_remarks(row, before, factors, tolerance))))
        before = row
    return rows


def _remarks(row: Grown, before: Grown | None, factors: Factors, tolerance: float) -> list[str]:
    """What rounding did to a row, beside the one before it."""
    said = []
    if before is not None and row.phi > before.phi:
        if factors.alpha > 1 and row.repeats == before.repeats:
            said.append(f"depth as at phi {before.phi:g}")
        if factors.beta > 1 and row.channels == before.channels:
            said.append(f"width as at phi {before.phi:g}")
        if factors.gamma > 1 and row.size == before.size:
            said.append(f"side as at phi {before.phi:g}")
    if abs(row.off) > tolerance:
        said.append(f"cost {abs(row.off):.0%} {'below' if row.off < 0 else 'above'} nominal")
    return said


def require_room(model: MBConvNet, size: Size) -> None:
    """Raises UsageError: naming the first row whose stride is greater than the map that it reads."""
    side = min(size)
    for what, stride in model.strides():
        if side < stride:
            raise UsageError(
                f"{what} has stride {stride} and would read a map of {side} pixel: pictures of {size[0]} x {size[1]} "
                "are too small for this network",
                where="--resize",
                hint="use larger pictures, or fewer strides",
            )
        side = -(-side // stride)


def solved(name: str, seed: Seed, factors: Factors, *, target: float = 2.0) -> Factors:
    """The factors with one of them such that at phi 1 the cost is as near to `target` times as a grid of 0.005 allows.

    By bisection: no count falls when a factor rises.

    Options:  name: "alpha", "beta" or "gamma".
    Raises:   UsageError: the others alone cost more already, or five times as much of this one does not do.
    """
    base = seed.cost(factors, 0)

    def at(step: int) -> float:
        return seed.cost(replace(factors, **{name: 1 + STEP * step}), 1) / base

    low, high = 0, MOST
    if at(low) > target or at(high) < target:
        over = at(low) > target
        why = f"the others alone cost {at(low):.3f} times" if over else f"even {1 + STEP * MOST:g} is not enough"
        what = f"cannot make it cost {target:g} times: {why}"
        raise UsageError(what, where=f"--solve={name}", hint="change --target")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if at(middle) >= target else (middle, high)
    best = min((low, high), key=lambda step: abs(at(step) - target))
    return replace(factors, **{name: round(1 + STEP * best, 3)})
