"""What a setting may be in a trial: one of several values, or a number between two."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.errors import UsageError
from nnlab.experiment.settings import canonical, settings
from nnlab.labs.sweep.written import Written

DIGITS = 4
"""Of a number that is drawn: more say nothing, and make names that nobody reads."""

OPTIONS = ("low", "high", "log", "step")


class Allowed(ABC):
    """What a setting may be."""

    @abstractmethod
    def drawn(self, rng: np.random.Generator) -> Any:
        """One of its values by chance."""

    @property
    @abstractmethod
    def ends(self) -> Sequence[Any]:
        """Those that are tried before anything runs: what they are is wrong, any other is."""


@dataclass(frozen=True)
class Choices(Allowed):
    """One of several values, each as likely."""

    values: Sequence[Any]

    def drawn(self, rng: np.random.Generator) -> Any:
        """One of them."""
        return self.values[int(rng.integers(len(self.values)))]

    @property
    def ends(self) -> Sequence[Any]:
        """All of them."""
        return self.values


@dataclass(frozen=True)
class Range(Allowed):
    """A number from low to high, both among them.

    Options:  log: whether its logarithm is drawn evenly.  step: from low on, multiples of it alone; None for any.
    """

    low: float
    high: float
    log: bool = False
    step: float | None = None
    whole: bool = False

    def drawn(self, rng: np.random.Generator) -> Any:
        """A number of it."""
        if self.step is not None:
            return self.at(self.low + self.step * int(rng.integers(self.steps + 1)))
        if self.whole and not self.log:
            return int(rng.integers(int(self.low), int(self.high) + 1))
        low, high = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        value = float(rng.uniform(low, high))
        return self.at(math.exp(value) if self.log else value)

    @property
    def steps(self) -> int:
        """How many fit between its ends."""
        assert self.step is not None
        return int((self.high - self.low) / self.step + 1e-9)

    def at(self, value: float) -> Any:
        """A number as a trial has it: within the ends, few digits."""
        if self.whole:
            return int(min(max(round(value), self.low), self.high))
        return min(max(float(f"{value:.{DIGITS}g}"), self.low), self.high)

    @property
    def ends(self) -> Sequence[Any]:
        """Low and high."""
        return [self.at(self.low), self.at(self.high)]


def allowed(key: str, said: Any, section: str, written: Written) -> Allowed:
    """What a plan says of a setting: a list, or {low = .., high = .., log = true}.

    Raises:  UsageError: it is neither.
    """
    if isinstance(said, list):
        if not said:
            raise written.mistake("is an empty list", section, key, hint="give it a value, or leave it out")
        for place, value in enumerate(said):
            if value in said[:place]:
                raise written.mistake(f"has {value!r} twice", section, key, hint="leave one of them out")
        return Choices(said)
    if isinstance(said, Mapping):
        return _range(key, said, section, written)
    what = f"must be a list of values or {{ low = .., high = .. }}, got {said!r}"
    raise written.mistake(what, section, key, hint=f"what all trials have belongs into base: --{key.replace('_', '-')}")


def _range(key: str, said: Mapping[str, Any], section: str, written: Written) -> Range:
    def wrong(what: str, hint: str | None = None) -> UsageError:
        return written.mistake(what, section, key, hint=hint)

    if unknown := [name for name in said if name not in OPTIONS]:
        raise wrong(f"has no option {unknown[0]}", f"a range has {', '.join(OPTIONS)}")
    numbers = {name: said.get(name) for name in ("low", "high", *(["step"] if "step" in said else []))}
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise wrong(f"{name} must be a number, got {value!r}" if name in said else f"has no {name}",
                        "such as { low = 1e-4, high = 1e-2, log = true }")  # fmt: skip
    low, high, step, log = said["low"], said["high"], said.get("step"), said.get("log", False)
    if low >= high:
        raise wrong(f"low must be below high, got {low} and {high}")
    if not isinstance(log, bool):
        raise wrong(f"log must be true or false, got {log!r}")
    if log and (low <= 0 or step is not None):
        raise wrong("log is of numbers above 0, without a step")
    if step is not None and not 0 < step <= high - low:
        raise wrong(f"step must be above 0 and fit between low and high, got {step}")
    return Range(low, high, log, step, _is_whole(key, low, high))


def _is_whole(key: str, *ends: float) -> bool:
    """Whether a setting takes whole numbers; of one that nobody knows, whether the ends are."""
    short = canonical(key.rpartition(".")[2])
    kinds = {kind.type for setting in settings() if setting.key == short for kind in setting.kinds}
    return int in kinds if kinds & {int, float} else all(isinstance(end, int) for end in ends)
