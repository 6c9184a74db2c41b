"""The flags of an experiment, made from the settings: `train` has them all, `compare` and `bench` will too."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import click
from click.shell_completion import CompletionItem

from nnlab.cli.completing import completing, words_of
from nnlab.cli.places import PATH
from nnlab.core.component import Option, type_name
from nnlab.core.errors import Mistakes, NnlabError, UsageError, as_one
from nnlab.core.folders import at_home
from nnlab.core.registry import normalised
from nnlab.experiment.place import is_there
from nnlab.experiment.settings import ALIASES, CHOICES, SECTIONS, Setting, settings
from nnlab.experiment.sources import SettingsSource, from_flags

T = TypeVar("T")

SEPARATORS = ("--experiment", "-e")

SEVERAL = (tuple[int, ...], tuple[int, int], tuple[float, ...], tuple[float, float])
"""Types of settings that are several numbers."""

COMMON = (
    click.Option(
        ["--config", "config"], metavar="FILE.toml", type=PATH, help="settings from a file, such as a run's config.toml"
    ),
    click.Option(["--set", "set"], metavar="KEY=VALUE", multiple=True, help="one setting by its key, also section.key"),
    click.Option(["--seed", "seed"], metavar="INT", help="both seeds, of the model and of the dataset"),
)
"""Flags that say settings but are none."""


@dataclass(frozen=True)
class Part:
    """One experiment of a command line: what its flags say.

    Options:  flags: settings by key.  config: the file after --config.  command: flags that are the command's own.
    """

    flags: SettingsSource
    config: str | None = None
    command: dict[str, Any] = field(default_factory=dict)


def of_each(parts: Sequence[Part], resolved: Callable[[Part], T]) -> list[T]:
    """What every part resolves to. Raises UsageError or Mistakes: those of all parts together."""
    found: list[T] = []
    mistakes: list[NnlabError] = []
    for part in parts:
        try:
            found.append(resolved(part))
        except Mistakes as errors:
            mistakes.extend(errors.mistakes)
        except NnlabError as error:
            mistakes.append(error)
    if mistakes:
        raise as_one(mistakes)
    return found


class ExperimentCommand(click.Command):
    """A command that takes every setting of one or several experiments, which `--experiment` separates.

    A word that belongs to no flag is the dataset: a folder, or a name. A setting may be written `--layers=8`, `--layers
    8`; a boolean one `--trim`, `--no-trim`, `--trim=false`. Unknown
    flags are not refused here: they go on as settings, so that all mistakes are reported together, with near names.
    The callback is called with parts=[Part, ...].

    Options:  sections: those whose settings help shows.
    """

    sections: ClassVar[tuple[str, ...]] = SECTIONS

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The folder that the flags may follow."""
        return ["[FOLDER]", *super().collect_usage_pieces(ctx)]

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own options; for completion in a shell, those of the settings too."""
        return _grammar(self.params).params if ctx.resilient_parsing else super().get_params(ctx)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The options; for a word that is none, the folders that are here."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        return [CompletionItem(incomplete, type="dir")]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Splits the command line into its experiments and reads each with click's own parser."""
        if ctx.resilient_parsing:  # a shell asks for completion
            return []
        if {"-h", "--help"} & set(args):
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit()
        parts, mistakes = [], []
        for tokens in _split(args):
            try:
                parts.append(self._part(ctx, tokens))
            except NnlabError as error:
                mistakes.append(error)
        if mistakes:
            raise Mistakes(mistakes)
        ctx.params = {"parts": parts}
        return []

    def _part(self, ctx: click.Context, tokens: Sequence[str]) -> Part:
        grammar = _grammar(self.params)
        parser = grammar.make_parser(click.Context(grammar, ignore_unknown_options=True, allow_extra_args=True))
        said, extra, _ = parser.parse_args(args=_booleans_spelt(_values_joined(tokens)))
        command = {
            param.name: at_home(value) if param.type is PATH else value
            for param in self.params
            if param.name in said and (value := said.pop(param.name)) is not None
        }
        config = at_home(said.pop("config", None) or "") or None
        pairs = said.pop("set", ())
        values = dict(said)
        unknown, words = _unknown(extra)
        values.update(unknown)
        if words:
            values["dataset"] = _folder(words, values)
        for pair in pairs:
            key, equals, value = pair.partition("=")
            if not equals or not key.strip():
                raise UsageError(
                    f"must be KEY=VALUE, got {pair!r}", where="--set", hint="such as --set optimizer.beta1=0.8"
                )
            values[key.strip()] = value
        return Part(from_flags(values), config, {str(key): value for key, value in command.items()})

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The command's own options, then the settings by section."""
        own = [record for param in (*self.params, *COMMON) if (record := param.get_help_record(ctx))]
        with formatter.section("Options"):
            formatter.write_dl([*own, ("-e, --experiment", "start the next experiment; each starts from the defaults")])
        for section in self.sections:
            with formatter.section(section.capitalize()):
                formatter.write_dl(
                    [record for option in section_options(section) if (record := option.get_help_record(ctx))]
                )


def _grammar(own: Sequence[click.Parameter]) -> click.Command:
    taken = {flag for param in own for flag in param.opts}  # a command's own flag hides a setting's of the same name
    every = (option for section in SECTIONS for option in section_options(section))
    options = [option for option in every if taken.isdisjoint(option.opts)]
    return click.Command("experiment", params=[*own, *COMMON, *options], add_help_option=False)


def section_options(section: str) -> list[click.Option]:
    """The flags of one section: the choice of its component, and every option of every component it may be."""
    options = []
    if section in CHOICES:
        choice = CHOICES[section]
        names = "|".join(choice.registry.names())
        options.append(
            click.Option(
                [f"--{section}", section],
                metavar="NAME",
                help=f"{choice.help}: {names} [{choice.default}]",
                shell_complete=completing(choice.registry.names),
            )
        )
    return options + [_option(setting) for setting in _first_of_each_key() if setting.section == section]


def _first_of_each_key() -> list[Setting]:
    """One setting per flag: where two sections have the same key, the flag belongs to the first that is chosen."""
    first: dict[str, Setting] = {}
    for setting in settings():
        first.setdefault(setting.key, setting)
    return list(first.values())


def _option(setting: Setting) -> click.Option:
    flag = setting.key.replace("_", "-")
    names = [f"--{flag}", *(f"--{alias.replace('_', '-')}" for alias, key in ALIASES.items() if key == setting.key)]
    variants = setting.variants or ((setting.option, setting.owners),)
    metavar = "|".join(dict.fromkeys(_metavar(offered) for offered, _ in variants))
    text = "; ".join(
        f"{offered.help} [{offered.shown_default}]" + (f" ({', '.join(owners)})" if owners else "")
        for offered, owners in variants
    )
    repeatable = setting.option.type == tuple[str, ...]  # texts that have commas of their own
    words = completing(lambda: words_of(setting))
    return click.Option([*names, setting.key], metavar=metavar, help=text, multiple=repeatable, shell_complete=words)


def _metavar(offered: Option) -> str:
    """How a value is written."""
    kind = type_name(offered.type)
    if kind == "bool":
        return "[true|false]"
    return offered.metavar or ("|".join(map(str, offered.choices)) if offered.choices else kind.upper())


def _split(args: Sequence[str]) -> list[list[str]]:
    """The tokens of each experiment; what stands before the first separator is an experiment if it is not empty."""
    parts: list[list[str]] = [[]]
    for token in args:
        if token in SEPARATORS:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts if len(parts) == 1 or parts[0] else parts[1:]


NUMBERS = re.compile(r"[-+]?[\d.]+(?:[eE][-+]?\d+)?(?:,[\d.,]*)?")
"""A number, or several with commas between."""


def _values_joined(tokens: Sequence[str]) -> list[str]:
    """`--layers 100 50` as `--layers 100,50`, for settings that are several numbers; a folder of such a name stands
    before the flags."""
    several = {normalised(s.key) for s in settings() for option in s.kinds if option.type in SEVERAL or option.keys}
    joined: list[str] = []
    inside = False
    for token in tokens:
        number = NUMBERS.fullmatch(token)
        if inside and number and NUMBERS.fullmatch(joined[-1]):
            joined[-1] += f",{token}"
            continue
        if token.startswith("--"):
            inside = "=" not in token and normalised(token.removeprefix("--")) in several
        elif not number:
            inside = False
        joined.append(token)
    return joined


def _boolean_keys() -> set[str]:
    return {normalised(setting.key) for setting in settings() if type_name(setting.option.type) == "bool"}


def _booleans_spelt(tokens: Sequence[str]) -> list[str]:
    """`--trim` as `--trim=true` and `--no-trim` as `--trim=false`, so that the parser sees one form."""
    booleans = _boolean_keys()
    spelt = []
    for token in tokens:
        name = token.removeprefix("--")
        if not token.startswith("--") or "=" in token:
            spelt.append(token)
        elif normalised(name) in booleans:
            spelt.append(f"{token}=true")
        elif name.startswith("no-") and normalised(name[3:]) in booleans:
            spelt.append(f"--{name[3:]}=false")
        else:
            spelt.append(token)
    return spelt


def _folder(words: Sequence[str], values: Mapping[str, Any]) -> str:
    """The dataset that is named without a flag: a folder, else the name of a dataset."""
    hint = "name one folder; settings are flags, such as --epochs=10; -e starts the next experiment"
    if len(words) > 1:
        raise UsageError(f"unexpected argument {words[1]!r}", hint=hint)
    (word,) = words
    if said := [value for key, value in values.items() if key.rpartition(".")[2].lower() == "dataset"]:
        raise UsageError(f"unexpected argument {word!r}: --dataset={said[0]} names the dataset already", hint=hint)
    return f"./{word}" if os.sep not in word and is_there(Path(word)) else word


def _unknown(extra: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """What click's parser did not know: settings that will be refused with the nearest name, and words."""
    values: dict[str, str] = {}
    words: list[str] = []
    pending: str | None = None
    for token in extra:
        if token.startswith("-"):
            name, _, value = token.lstrip("-").partition("=")
            pending = name if "=" not in token else None
            values[name] = value
        elif pending is not None:
            values[pending], pending = token, None
        else:
            words.append(token)
    return values, words
