"""Settings become an experiment: merged by precedence, looked up by name, checked, all mistakes at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nnlab.core.component import Component, Option, make, options_of
from nnlab.core.converters import convert
from nnlab.core.errors import Mistakes, NnlabError, UsageError
from nnlab.core.machine import usable_cores
from nnlab.core.registry import nearest
from nnlab.data.describe import recommended
from nnlab.data.options import DataOptions
from nnlab.experiment.backend_names import Named, split_backend
from nnlab.experiment.options import RunOptions
from nnlab.experiment.settings import CHOICES, NAMED, PLAIN, SECTIONS, SHARED, component_has, settings
from nnlab.experiment.sources import Source, from_recommendation
from nnlab.experiment.toml import document
from nnlab.losses.base import Loss
from nnlab.metrics.base import Metric
from nnlab.models.base import Model
from nnlab.optimizers.optimizer import Optimizer

if TYPE_CHECKING:
    from nnlab.experiment.resume import Resumed


@dataclass(frozen=True)
class Experiment:
    """One experiment, fully resolved: every option has its value.

    Options:  run: its `threads` is a number of cores, never 0.
              chosen: the component's name in each section that has a choice.
              sections: every option by section, as config.toml writes them.
              notes: what a user should be told (a recommendation that was taken), one line each.
              resumes: the run that it goes on with (see experiment/resume.py); None for one that starts afresh.
    """

    run: RunOptions
    data: DataOptions
    model: Model
    optimizer: Optimizer
    loss: Loss
    accuracy: Metric
    chosen: Mapping[str, str]
    sections: Mapping[str, Mapping[str, Any]]
    notes: tuple[str, ...] = field(default=())
    resumes: "Resumed | None" = None

    def to_toml(self) -> str:
        """The configuration as a file that `nnlab train --config` repeats the run from."""
        return document(
            {
                name: ({"name": self.chosen[name]} if name in self.chosen else {}) | dict(table)
                for name, table in self.sections.items()
            }
        )


def resolve(*sources: Source) -> Experiment:
    """The experiment that these sources describe, the strongest first (flags, environment, file).

    The dataset's recommendation stands below them all and above the defaults, unless `prepare` is "none".

    Raises:  Mistakes or UsageError: everything that cannot be right, before any data is read.
             DataError: when a dataset's dataset.toml cannot be read.
    """
    weakest_first = list(reversed(sources))
    probe = _Resolution(weakest_first)
    data = probe.values_of("data")
    if not probe.mistakes and data.get("prepare", "recommended") == "recommended":
        default = DataOptions()
        dataset = data.get("dataset", default.dataset)
        table = recommended(dataset, data.get("datasets_path", default.datasets_path))
        if table:
            weakest_first.insert(0, from_recommendation(dataset, table))
    resolution = _Resolution(weakest_first)
    made = {section: resolution.component(section) for section in SECTIONS}
    if resolution.mistakes:
        raise Mistakes(resolution.mistakes) if len(resolution.mistakes) > 1 else resolution.mistakes[0]
    return _assemble(made, resolution, _notes(made["data"], resolution))


def _notes(data: DataOptions, resolution: "_Resolution") -> tuple[str, ...]:
    """What of the recommendation was taken, in one line; nothing when stronger sources overrule all of it."""
    taken = [key for key, (source, _) in resolution.placed["data"].items() if source.kind == "recommendation"]
    if not taken:
        return ()
    shown = " ".join(f"{key}={_shown(getattr(data, key))}" for key in taken)
    return (f"{data.dataset}: prepared as its makers recommend ({shown}); --prepare=none gives raw pixels",)


def _shown(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value).lower()


def _assemble(made: Mapping[str, Any], resolution: "_Resolution", notes: tuple[str, ...]) -> Experiment:
    run: RunOptions = made["run"]
    run.backend = resolution.backend(run.backend)
    run.threads = run.threads or usable_cores()
    rule, schedule = made["optimizer"], made["schedule"]
    chosen = dict(resolution.chosen)
    if (own := rule.schedule()) is not None:
        schedule, chosen["schedule"] = own, type(own).__name__
    optimizer = Optimizer(rule=rule, schedule=schedule, **resolution.shared["optimizer"])
    parts: dict[str, Sequence[Component]] = {name: [made[name]] for name in SECTIONS}
    parts["optimizer"], parts["schedule"] = [optimizer, rule], [schedule]
    return Experiment(
        run=run,
        data=made["data"],
        model=made["model"],
        optimizer=optimizer,
        loss=made["loss"],
        accuracy=made["accuracy"],
        chosen=chosen,
        sections={name: {k: v for part in parts[name] for k, v in part.options().items()} for name in SECTIONS},
        notes=notes,
    )


class _Resolution:
    """One pass over the sources: who says what, which components are chosen, what is wrong."""

    def __init__(self, weakest_first: Sequence[Source]):
        self.mistakes: list[NnlabError] = []
        self.shared: dict[str, dict[str, Any]] = {}
        self._said: dict[str, tuple[int, Source, Any]] = {}  # key as said -> (strength, source, value)
        for strength, source in enumerate(weakest_first):
            for key, value in source.values.items():
                self._said[key] = (strength, source, value)
        self.chosen: dict[str, str] = {}
        self._backends: list[tuple[str, str]] = []  # (flag or name that says so, backend)
        self._choose()
        self.placed = self._place()

    def _choose(self) -> None:
        for section, choice in CHOICES.items():
            _, source, value = self._said.get(section, (-1, None, choice.default))
            name = self._name(section, str(value), source)
            self.chosen[section] = name if name is not None else choice.default

    def _name(self, key: str, value: str, source: Source | None) -> str | None:
        """The registered name that `value` means; an affix that names a backend is noted."""
        try:
            named: Named = split_backend(value, NAMED[key])
        except UsageError as error:
            self.mistakes.append(UsageError(error.what, where=source.where(key) if source else key, hint=error.hint))
            return None
        if named.backend:
            self._backends.append((f"{source.where(key) if source else key}={value}", named.backend))
        return named.name

    def _place(self) -> dict[str, dict[str, tuple[Source, Any]]]:
        """Every key that was said, in the section that it belongs to."""
        placed: dict[str, dict[str, tuple[Source, Any]]] = {section: {} for section in SECTIONS}
        for key, (strength, source, value) in sorted(self._said.items(), key=lambda item: item[1][0]):
            if key in CHOICES:
                continue
            qualifier, _, short = key.rpartition(".")
            sections = [qualifier] if qualifier else list(SECTIONS)
            home = next(
                (s for s in sections if s in SECTIONS and component_has(s, self.chosen.get(s, ""), short)), None
            )
            if home is not None:
                placed[home][short] = (source, value)
            elif not self._overruled(short, strength):
                self.mistakes.append(self._homeless(key, short, source))
        return placed

    def _overruled(self, short: str, strength: int) -> bool:
        """Whether the option belongs to a component that a stronger source has replaced by another."""
        return any(
            self._said.get(setting.section, (-1,))[0] > strength
            for setting in settings()
            if setting.key == short and setting.owners
        )

    def _homeless(self, key: str, short: str, source: Source) -> UsageError:
        section = key.rpartition(".")[0]
        if section and section not in SECTIONS:
            near = nearest(section, list(SECTIONS)) or list(SECTIONS)
            return UsageError("no such section", where=source.where(key), hint=f"did you mean {' or '.join(near)}?")
        for setting in settings():
            if setting.key == short and setting.owners:
                chosen = self.chosen[setting.section]
                owners = ", ".join(setting.owners)
                return UsageError(
                    f"{chosen} has no option {short}",
                    where=source.where(key),
                    hint=f"{owners} has it" if len(setting.owners) == 1 else f"{owners} have it",
                )
        names = sorted({*CHOICES, *(setting.key for setting in settings())})
        near = nearest(short, names)
        hint = f"did you mean {' or '.join(source.spelt(name) for name in near)}?" if near else "see nnlab train --help"
        return UsageError("no such option", where=source.where(key), hint=hint)

    def values_of(self, section: str) -> dict[str, Any]:
        """The options that were said for a section, converted; those that cannot be are noted as mistakes."""
        offered = {found.name: found for found in self._offered(section)}
        values: dict[str, Any] = {}
        for key, (source, raw) in self.placed[section].items():
            value = self._value(key, raw, offered[key], source)
            if value is not None:
                values[key] = value
        return values

    def _offered(self, section: str) -> list[Option]:
        classes = [PLAIN[section]] if section in PLAIN else [CHOICES[section].registry.get(self.chosen[section])]
        return [
            found for cls in (*classes, *([SHARED[section]] if section in SHARED else [])) for found in options_of(cls)
        ]

    def _value(self, key: str, raw: Any, offered: Option, source: Source) -> Any:
        try:
            value = convert(raw, offered.type)
        except ValueError as error:
            self.mistakes.append(UsageError(str(error), where=source.where(key)))
            return None
        if key in NAMED and key not in CHOICES:
            return self._name(key, value, source)
        fault = offered.fault(value) if value is not None else None
        if fault:
            self.mistakes.append(UsageError(fault, where=source.where(key)))
            return None
        return value

    def component(self, section: str) -> Any:
        """The component of a section, made from what was said; None when something said of it is wrong."""
        before = len(self.mistakes)
        values = self.values_of(section)
        if section in SHARED:
            names = {found.name for found in options_of(SHARED[section])}
            self.shared[section] = {key: values.pop(key) for key in list(values) if key in names}
        if len(self.mistakes) > before:
            return None
        cls = PLAIN.get(section) or CHOICES[section].registry.get(self.chosen[section])
        try:
            return make(cls, values)
        except Mistakes as errors:
            self.mistakes.extend(errors.mistakes)
        except NnlabError as error:
            self.mistakes.append(error)
        return None

    def backend(self, said: str) -> str:
        """The one backend that the names and --backend agree on. Raises UsageError: when they do not."""
        named = list(self._backends)
        if "backend" in self.placed["run"]:
            source, value = self.placed["run"]["backend"]
            named.append((f"{source.where('backend')}={value}", said))
        if len({backend for _, backend in named}) > 1:
            raise UsageError(
                f"{' and '.join(where for where, _ in named)} name different backends",
                hint="give one backend per experiment",
            )
        return named[0][1] if named else said
