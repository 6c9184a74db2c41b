"""Trials that a sampler of Optuna proposes, by what became of earlier ones."""

import inspect
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any, ClassVar

from nnlab.core.errors import MissingError, NnlabError, as_one
from nnlab.core.install import install_line
from nnlab.core.processes import in_one_line
from nnlab.core.registry import advice
from nnlab.labs.sweep.ranges import Allowed, Choices, Range
from nnlab.labs.sweep.searches.base import SEARCHES, Sampled, Settings, Tried
from nnlab.labs.sweep.written import Written

BASES = ("BaseSampler", "BaseGASampler", "GridSampler", "PartialFixedSampler")
"""Of Optuna's module, what samples nothing by itself, or needs what a plan does not have."""


@SEARCHES.register
class Optuna(Sampled):
    """Asks a sampler of Optuna, which remembers nothing: what became of each trial is told from this sweep's own rows.

    A batch is asked for at once and told in its order, so that proposals depend neither on how many trials run at a
    time nor on which of them ended first, and a sweep that was ended proposes the same again.

    Options:  sampler: its name in optuna.samplers.  trials: how many.  batch: how many are proposed at a time.
              seed: of the sampler.  options: of the sampler, such as { n_startup_trials = 5 }.
    Raises:   MissingError: Optuna, or what the sampler needs, is not here.
    """

    numbers: ClassVar[Mapping[str, int | None]] = {"trials": None, "seed": 0, "batch": 4}
    words: ClassVar[Sequence[str]] = ("sampler", "options")
    sampler: ClassVar[str] = ""
    """Which sampler, where the plan does not say."""
    waits = True

    def __init__(self, table: Any, section: str, written: Written):
        mistakes: list[NnlabError] = []
        try:
            super().__init__(table, section, written)
        except NnlabError as error:
            mistakes.append(error)
        name = table.get("sampler", self.sampler)
        try:
            self._study = self._begun(_optuna(), name)
        except NnlabError as error:
            mistakes.append(error)
        if mistakes:
            raise as_one(mistakes)
        self._name, self._asked, self._told = str(name), list[Any](), 0

    def _begun(self, optuna: ModuleType, name: Any) -> Any:
        """A study in memory. Raises UsageError, MissingError: there is no such sampler, or it cannot be made."""
        known = [each for each in dir(optuna.samplers) if each.endswith("Sampler") and each not in BASES]
        if name not in known:
            what = f"no sampler {name!r}" if name else "is missing"
            raise self.written.mistake(what, self.section, "sampler", hint=advice(str(name), known))
        kind, options = getattr(optuna.samplers, name), self.table.get("options", {})
        if not isinstance(options, Mapping):
            raise self.written.mistake("must be a table of the sampler's options", self.section, "options")
        taken = [each for each in inspect.signature(kind).parameters if each != "seed"]
        for option in options:
            if option not in taken:
                what, hint = f"{name} has no option {option!r}", advice(option, taken)
                raise self.written.mistake(what, self.section, "options", hint=hint)
        own = {"constant_liar": True} if "constant_liar" in taken else {}  # the others of a batch are not known yet
        try:
            with _quiet(optuna):
                sampler = kind(seed=self.options["seed"], **{**own, **options})
        except ImportError as error:
            what, hint = f"{name} needs a package that is not here ({error})", "install it, or choose another sampler"
            raise MissingError(what, where=self.written.where(self.section, "sampler"), hint=hint) from None
        except (TypeError, ValueError) as error:
            raise self.written.mistake(f"{name} refuses: {error}", self.section, "options") from None
        return optuna.create_study(direction="maximize", sampler=sampler)

    @property
    def batches(self) -> Sequence[int]:
        """As the plan says; the last may be smaller."""
        size = self.options["batch"]
        return [min(size, self.total - begun) for begun in range(0, self.total, size)]

    def batch(self, tried: Sequence[Tried]) -> Sequence[Settings]:
        """Told what became of the last ones, the sampler proposes the next."""
        optuna = _optuna()
        if not tried and self._asked:  # from the beginning
            self._study, self._asked, self._told = self._begun(optuna, self._name), [], 0
        space = {key: _distribution(optuna, allowed) for key, allowed in self.ranges.items()}
        try:
            with _quiet(optuna):
                for trial, found in zip(self._asked[self._told :], tried[self._told :], strict=True):
                    self._tell(optuna.trial.TrialState, trial, found)
                self._told = len(tried)
                count = min(self.options["batch"], self.total - len(self._asked))
                new = [self._study.ask(space) for _ in range(count)]
        except ImportError as error:  # some samplers look for what they need when they are first asked
            what, hint = f"{self._name} needs a package that is not here ({error})", "install it, or choose another"
            raise MissingError(what, where=self.written.where(self.section, "sampler"), hint=hint) from None
        except Exception as error:  # a sampler is others' code, on numbers that nobody foresees
            raise self.written.mistake(f"{self._name} fails: {in_one_line(error)}", self.section, "sampler") from error
        self._asked += new
        return [{key: _value(allowed, trial.params[key]) for key, allowed in self.ranges.items()} for trial in new]

    def _tell(self, states: Any, trial: Any, found: Tried) -> None:
        if found.value is None:
            self._study.tell(trial, state=states.FAIL)
        elif found.epochs is None:
            self._study.tell(trial, found.value)
        else:  # which a sampler may hold to be worse than any whole one, and weigh by how far it came
            trial.report(found.value, found.epochs)
            self._study.tell(trial, state=states.PRUNED)


def _optuna() -> ModuleType:
    try:
        import optuna
    except ImportError:
        hint = f"install it: {install_line('sweep')}"
        raise MissingError("Optuna is not installed (extra [sweep])", hint=hint) from None
    found: ModuleType = optuna
    found.logging.set_verbosity(logging.WARNING)
    return found


@contextmanager
def _quiet(optuna: ModuleType) -> Iterator[None]:
    """Within, Optuna does not say what of it is experimental: the plan named it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        yield


def _distribution(optuna: ModuleType, allowed: Allowed) -> Any:
    """What Optuna is told of a setting: of choices their places, since it takes no lists as values."""
    if isinstance(allowed, Choices):
        return optuna.distributions.CategoricalDistribution(tuple(range(len(allowed.values))))
    assert isinstance(allowed, Range)
    if allowed.whole:
        step = int(allowed.step or 1)
        return optuna.distributions.IntDistribution(int(allowed.low), int(allowed.high), log=allowed.log, step=step)
    return optuna.distributions.FloatDistribution(allowed.low, allowed.high, log=allowed.log, step=allowed.step)


def _value(allowed: Allowed, found: Any) -> Any:
    if isinstance(allowed, Choices):
        return allowed.values[found]
    assert isinstance(allowed, Range)
    return allowed.at(found)
