"""The `base` of a sweep's plan: a command line of `nnlab train`, read as one."""

import os
import shlex
from collections.abc import Sequence
from dataclasses import replace

import click

from nnlab.cli.flags import Part
from nnlab.cli.train import command as train
from nnlab.core.errors import NnlabError, as_one
from nnlab.experiment.sources import SettingsSource, from_environment, from_file
from nnlab.labs.sweep.plan_file import BASE, EXAMPLE, PlanFile
from nnlab.labs.sweep.sweep import Sweep, sweep_of
from nnlab.labs.sweep.written import Base


def sweep_from(file: PlanFile, mistakes: Sequence[NnlabError] = ()) -> Sweep:
    """The sweep that a plan asks for. Raises NnlabError: all that is wrong with it, together.

    Options:  mistakes: of the command line, to be said with those of the plan.
    """
    file = replace(file, mistakes=(*mistakes, *file.mistakes))
    try:
        sources = sources_of(file)
    except NnlabError as error:
        raise as_one([*file.mistakes, *getattr(error, "mistakes", [error])]) from None
    return sweep_of(file, *sources)


def sources_of(file: PlanFile) -> list[SettingsSource]:
    """Where the settings of all trials come from, the strongest first.

    Raises:  UsageError: the base is no training of one experiment.  DataError: its --config cannot be read.
    """
    part = _part(file)
    base = Base(part.flags.kind, part.flags.values, part.flags.name, written=file.written)
    files = [from_file(part.config)] if part.config else []
    return [base, from_environment(os.environ), *files]


def _part(file: PlanFile) -> Part:
    def mistake(what: str, hint: str) -> NnlabError:
        return file.written.mistake(what, BASE, hint=hint)

    try:
        words = shlex.split(file.base)
    except ValueError as error:
        raise mistake(f"cannot be read as a command ({str(error).lower()})", "close its quotes") from None
    words = words[1:] if words[:1] == ["nnlab"] else words
    if not words:
        return Part(SettingsSource("flag"))
    if words[0] != "train":
        raise mistake(f"must be a command of nnlab train, got {words[0]!r}", f"such as {EXAMPLE}")
    if {"-h", "--help"} & set(words):
        raise mistake("asks for help", "leave it out")
    with click.Context(train) as ctx:
        train.parse_args(ctx, words[1:])
        parts: list[Part] = ctx.params["parts"]
    if len(parts) > 1:
        raise mistake("has several experiments", "write them as [[list]], or leave out --experiment")
    if own := [name for name, value in parts[0].command.items() if value]:
        raise mistake(f"has --{own[0].replace('_', '-')}, which is of nnlab train alone", "leave it out")
    return parts[0]
