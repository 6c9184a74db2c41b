"""One pass over the sources of settings: who says what, which components are chosen, what is wrong."""

from collections.abc import Sequence
from typing import Any

from nnlab.backends.base import BACKENDS
from nnlab.core.component import Option, make, options_of
from nnlab.core.errors import Mistakes, NnlabError, UsageError
from nnlab.core.registry import did_you_mean, nearest
from nnlab.experiment.backend_names import Named, Wish, split_backend
from nnlab.experiment.settings import CHOICES, NAMED, PLAIN, SECTIONS, SHARED, Choice, component_has, settings
from nnlab.experiment.sources import SettingsSource
from nnlab.experiment.synonyms import meant_by, needless
from nnlab.losses.base import LOSSES
from nnlab.tasks.base import TASKS


class Resolution:
    """One pass over the sources: who says what, which components are chosen, what is wrong."""

    def __init__(self, weakest_first: Sequence[SettingsSource]):
        self.mistakes: list[NnlabError] = []
        self._weakest_first = weakest_first
        self.shared: dict[str, dict[str, Any]] = {}
        self._said: dict[str, tuple[int, SettingsSource, Any]] = {}  # key as said -> (strength, source, value)
        for strength, source in enumerate(weakest_first):
            for key, value in source.values.items():
                self._said[key] = (strength, source, value)
        self.chosen: dict[str, str] = {}
        self._unknown: set[str] = set()  # sections of which nobody can tell what is chosen
        self._wishes: list[Wish] = []
        self._choose()
        self.placed = self._place()

    def says(self, key: str) -> bool:
        """Whether anybody said this key, with its section or without."""
        return any(said.rpartition(".")[2] == key for said in self._said)

    def source(self, key: str) -> SettingsSource | None:
        """Who said this key, as it was said; None for nobody."""
        return self._said[key][1] if key in self._said else None

    def _strength(self, source: SettingsSource | None) -> int:
        """Where a source stands among the others; -1 for the defaults."""
        return next((place for place, other in enumerate(self._weakest_first) if other is source), -1)

    def _choose(self) -> None:
        for section, choice in CHOICES.items():
            default = self._default(section, choice)
            _, source, value = self._said.get(section, (-1, None, default))
            name = self._name(section, str(value), source)
            self.chosen[section] = name if name is not None else default
            if name is None:
                self._unknown.add(section)

    def _default(self, section: str, choice: Choice) -> str:
        """The component of a section by default: the loss's or the task's, which are chosen before, or that of all."""
        default = choice.default
        for earlier, registry in (("task", TASKS), ("loss", LOSSES)):
            defaults = registry.get(self.chosen[earlier]).defaults if earlier in self.chosen else {}
            default = defaults.get(section, default)
        return str(default)

    def _name(self, key: str, value: str, source: SettingsSource | None) -> str | None:
        """The registered name that `value` means; an affix that names a backend is noted."""
        try:
            named: Named = split_backend(value, NAMED[key])
        except UsageError as error:
            self.mistakes.append(UsageError(error.what, where=source.where(key) if source else key, hint=error.hint))
            return None
        if named.backend:
            strength = self._strength(source)
            self._wishes.append(Wish(strength, f"{source.where(key) if source else key}={value}", named.backend))
        return named.name

    def _place(self) -> dict[str, dict[str, tuple[SettingsSource, Any]]]:
        """Every key that was said, in the section that it belongs to."""
        placed: dict[str, dict[str, tuple[SettingsSource, Any]]] = {section: {} for section in SECTIONS}
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
            elif not (self._overruled(short, strength, source) or self._may_be_of_unknown(short)):
                self.mistakes.append(self._homeless(key, short, source))
        return placed

    def _overruled(self, short: str, strength: int, source: SettingsSource) -> bool:
        """Whether the option belongs to a component that a stronger source has replaced by another.

        A variable of the environment stands for all commands of a person: other components' options are for others.
        """
        return any(
            source.kind == "environment" or self._said.get(setting.section, (-1,))[0] > strength
            for setting in settings()
            if setting.key == short and setting.owners
        )

    def _may_be_of_unknown(self, short: str) -> bool:
        """Whether the option may be right, as what was meant is no default."""
        return any(setting.key == short and setting.section in self._unknown for setting in settings())

    def _homeless(self, key: str, short: str, source: SettingsSource) -> UsageError:
        section = key.rpartition(".")[0]
        if section and section not in SECTIONS:
            near = nearest(section, list(SECTIONS)) or list(SECTIONS)
            return UsageError("no such section", where=source.where(key), hint=did_you_mean(near))
        for setting in settings():
            if setting.key == short and setting.owners:
                chosen = self.chosen[setting.section]
                owners = ", ".join(setting.owners)
                return UsageError(
                    f"{chosen} has no option {short}",
                    where=source.where(key),
                    hint=f"{owners} has it" if len(setting.owners) == 1 else f"{owners} have it",
                )
        if meant := meant_by(short):
            said = " ".join(source.spelt_with(*word.split("=")) for word in meant)
            return UsageError("no such option", where=source.where(key), hint=f"did you mean {said}?")
        if (reason := needless(short)) is not None:
            return UsageError("no such option", where=source.where(key), hint=f"leave it out: {reason}")
        names = sorted({*CHOICES, *(setting.key for setting in settings())})
        near = nearest(short, names)
        hint = did_you_mean(source.spelt(name) for name in near) if near else "see nnlab train --help"
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

    def _value(self, key: str, raw: Any, offered: Option, source: SettingsSource) -> Any:
        try:
            value = offered.converted(raw)
        except UsageError as error:
            self.mistakes.append(error)
            return None
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

    def backend(self) -> str | None:
        """The backend that names and --backend ask for; None when nothing does. Two that differ are noted as a mistake:
        between components always, between --backend and a component when the same source says both."""
        explicit = [(self._said[key], key) for key in ("backend", "run.backend") if key in self._said]
        asked = None
        if explicit:
            (strength, source, value), key = max(explicit, key=lambda found: found[0][0])
            if str(value) in BACKENDS:  # else it is a mistake already
                asked = Wish(strength, f"{source.where(key)}={value}", BACKENDS.name_of(str(value)))
        strongest = max((wish.strength for wish in self._wishes), default=-1)
        in_force = [*self._wishes, asked] if asked and asked.strength == strongest else self._wishes
        if len({wish.backend for wish in in_force}) > 1:
            places = " and ".join(wish.place for wish in in_force)
            self.mistakes.append(
                UsageError(f"{places} name different backends", hint="give one backend per experiment")
            )
        if asked and asked.strength >= strongest:
            return asked.backend
        return self._wishes[0].backend if self._wishes else None
