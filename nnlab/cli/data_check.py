"""`nnlab data check`: what is wrong with a dataset, or looks so."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from nnlab.cli.completing import RUN_NAMES, completing
from nnlab.cli.data_command import DataCommand, alone, experiment_of, screen_of, telling
from nnlab.cli.flags import Part
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.output import echo
from nnlab.cli.places import PATH, file_to_be
from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.core.registry import normalised
from nnlab.data.checks.base import DATA_CHECKS, DataCheck
from nnlab.data.checks.verdict import Found, checks_of
from nnlab.data.steps.written import BETWEEN_OPTIONS, separated
from nnlab.experiment.data_checked import data_checked, suspect_labels
from nnlab.experiment.sources import from_file
from nnlab.experiment.suspects import Suspects, suspects
from nnlab.tracking.data_check.checked import CheckedData
from nnlab.tracking.data_check.page import write_page
from nnlab.tracking.files import to_json

SHOWN = 5
"""How many findings of a check are listed; the others are counted."""

NAMED = 3
"""How many samples of one picture a line names."""

FOUND = 5
"""The exit code where something is wrong."""

SUSPECTS = normalised("SuspectLabels")
"""The check that --suspects adds."""

GUIDES = ("per_class", "complexity")
"""Flags that are options of FewSamples."""


@click.command(
    "check",
    cls=DataCommand,
    params=[
        click.Option(["--per-class", "per_class"], metavar="INT", help="pictures that a class should have [3000]"),
        click.Option(["--complexity", "complexity"], metavar="FLOAT", help="times as many, for a harder task [1]"),
        click.Option(["--strict", "strict"], is_flag=True, help="exit 5 on a warning too"),
        click.Option(
            ["--only", "only"],
            metavar="CHECK,...",
            multiple=True,
            shell_complete=completing(DATA_CHECKS.names),
            help="these checks alone",
        ),
        click.Option(
            ["--without", "without"],
            metavar="CHECK,...",
            multiple=True,
            shell_complete=completing(DATA_CHECKS.names),
            help="not these checks",
        ),
        click.Option(
            ["--tune", "tune"],
            metavar="CHECK:option=value",
            multiple=True,
            help="options of a check, such as Imbalance:ratio=10; nnlab components lists them",
        ),
        click.Option(
            ["--suspects", "suspects"],
            metavar="RUN",
            type=PATH,
            shell_complete=RUN_NAMES,
            help="labels that are probably wrong, by a set of folds (train --folds=5), or a run's dev and test",
        ),
        click.Option(["--output", "output"], metavar="FILE.html", type=PATH, help="a page with the pictures"),
        *telling("one JSON document on stdout, all findings in it"),
    ],
)
def check(parts: Sequence[Part]) -> int:
    """Look at every picture of a dataset, and say what is wrong with it: files that cannot be read or have another
    format's name, one picture several times, in two classes or in two partitions, blank, dark and blurred pictures,
    odd sizes and channels, lossy files among others, classes that are few or unlike.

    The partitions are those that `nnlab train` makes with the same flags. Exit code 5 when something is wrong.

    \b
    nnlab data check photos
    nnlab data check photos --output=photos.html --strict
    nnlab data check --suspects=latest --only=SuspectLabels
    """
    terminate_as_interrupt()
    part = alone(parts, "one dataset is checked", "check one at a time")
    said = part.command
    found = suspects(said["suspects"]) if "suspects" in said else None
    checks = _checks(said, found)
    page = file_to_be(said["output"], "--output", "page.html") if "output" in said else None
    screen = screen_of(part)
    suspected = [] if found is None else [from_file(found.config)]  # its dataset, where none is named
    experiment = experiment_of(part, *suspected)
    with screen.experiment(experiment) as watching:
        checked = data_checked(experiment, checks, watching.images_done)
    if page is not None:
        write_page(page, checked)
    if "json" in said:
        click.echo(to_json({"schema_version": 1, **checked.document(), "page": page and str(page)}))
    else:
        echo("\n".join(_lines(checked, page)))
    return FOUND if checked.wrong or ("strict" in said and checked.warnings) else 0


def _checks(said: Mapping[str, Any], found: Suspects | None) -> tuple[DataCheck, ...]:
    """The checks that are asked for. Raises UsageError, Mistakes: those of all flags, each by its own name."""
    own = () if found is None else (suspect_labels(found),)
    only, alone = _names(said, "only"), [name for name in _names(said, "only") if normalised(name) == SUSPECTS]
    if found is not None and alone and len(alone) == len(only):
        return own
    try:
        asked = [name for name in only if found is None or name not in alone]
        return own + checks_of(_options(said), only=asked, without=_names(said, "without"))
    except UsageError as error:
        mistakes: list[NnlabError] = []
        for mistake in getattr(error, "mistakes", [error]):
            check, _, option = (mistake.where or "").partition(".")
            flag = f"--{option.replace('_', '-')}" if check == "FewSamples" and option in said else mistake.where
            mistakes.append(UsageError(mistake.what, where=flag, hint=mistake.hint))
        raise as_one(mistakes) from error


def _options(said: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Options of checks, by the check's name. Raises UsageError, Mistakes: what is no CHECK:option=value."""
    found: dict[str, dict[str, str]] = {}
    mistakes: list[NnlabError] = []
    if guides := {name: str(said[name]) for name in GUIDES if name in said}:
        found["FewSamples"] = guides
    for text in separated(said.get("tune", ())):
        name, _, options = text.partition(":")
        for pair in BETWEEN_OPTIONS.split(options):
            key, equals, value = pair.partition("=")
            if equals:
                found.setdefault(name.strip(), {})[key.strip()] = value.strip()
            else:
                mistakes.append(UsageError(f"must be CHECK:option=value, got {text!r}", where="--tune"))
    if mistakes:
        raise as_one(mistakes)
    return found


def _names(said: Mapping[str, Any], flag: str) -> list[str]:
    return [name.strip() for text in said.get(flag, ()) for name in text.split(",") if name.strip()]


def _lines(checked: CheckedData, page: Path | None) -> Iterator[str]:
    """What was found, as text."""
    yield from _head(checked)
    for one in checked.found:
        yield ""
        yield f"{one.level:<8} {one.check.title}" + (f": {one.count:,}" if one.count > 1 else "")
        yield from _findings(checked, one)
        yield f"         -> {one.check.advice}"
    yield ""
    yield _verdict(checked, page)


def _head(checked: CheckedData) -> Iterator[str]:
    data = checked.data
    parts = ", ".join(f"{len(places):,} {name}" for name, places in data.members.items()) or "no partitions"
    classes = f" of {len(data.source.names):,} classes" if data.source.labelled else ""
    yield f"{checked.dataset}: {len(data):,} pictures{classes}: {parts}"
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in checked.kinds.items()) or "none that can be read"
    yield f"files: {kinds}; digest {checked.digest[:16]}"


def _findings(checked: CheckedData, one: Found) -> Iterator[str]:
    for finding in one.findings[:SHOWN]:
        sources = [checked.data.source_of(place) for place in finding.places]
        more = f" and {len(sources) - NAMED} more" if len(sources) > NAMED else ""
        named = f"{', '.join(sources[:NAMED])}{more}: " if sources else ""
        yield f"         {named}{finding.what}"
    if len(one.findings) > SHOWN:
        yield f"         and {len(one.findings) - SHOWN:,} more: --json lists all, --output=page.html shows them"


def _verdict(checked: CheckedData, page: Path | None) -> str:
    shown = f"; {page}" if page else ""
    if not checked.found:
        return f"nothing found{shown}"
    counts = {"wrong": checked.wrong, f"warning{'s' if checked.warnings != 1 else ''}": checked.warnings}
    return ", ".join(f"{count:,} {word}" for word, count in counts.items() if count) + shown
