"""What `nnlab resolution sweep` and `tune` share: a run instead of a dataset, their flags, how they end."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from nnlab.cli.completing import RUN_NAMES
from nnlab.cli.flags import Part
from nnlab.cli.lab_command import Asked, asked, lab_options
from nnlab.cli.numbers import Numbers
from nnlab.cli.places import PATH
from nnlab.cli.runs_text import aligned
from nnlab.core.errors import UsageError
from nnlab.core.folders import at_home
from nnlab.core.printing import printable
from nnlab.core.registry import did_you_mean, nearest
from nnlab.experiment.sources import from_flags
from nnlab.labs.resolution.sweep import SECTION
from nnlab.labs.study_folder import StudyFolder

SIZES = click.Option(
    ["--sizes", "sizes"],
    metavar="LIST",
    help="pixels (24,32), or with a point factors of the run's own size (0.75..2.0)",
)


def resolution_options(*own: click.Parameter, presets: Sequence[str] = ()) -> list[click.Parameter]:
    """The run, a lab's own flags, and those of every lab."""
    config = click.Option(["--config", "config"], metavar="FILE.toml", type=PATH, help="what another one was asked for")
    run = click.Argument(["run"], metavar="[RUN]", required=False, type=PATH, shell_complete=RUN_NAMES)
    shared = [option for option in lab_options(presets) if option.name not in ("repeats", "require")]
    return [run, SIZES, *own, config, *shared]


def said_of(flags: Mapping[str, Any]) -> Asked:
    """What was typed, above what a file says.

    Raises:  UsageError: no run is named.  DataError: --resume names no folder of a lab.
    """
    typed = {key: value for key, value in flags.items() if value not in (None, False)}
    places: dict[str, str] = {key: at_home(str(typed[key])) for key in ("run", "config", "resume") if key in typed}
    config = places.pop("config", None)
    said = asked([Part(from_flags({}), config, {**typed, **places})], SECTION)
    if said.resume is not None:
        _ = StudyFolder(said.resume).lab  # raises where it is no folder of a lab
    if not said.said.get("run"):
        hint = "such as: nnlab resolution sweep latest"
        raise UsageError("no run is named", where="RUN", hint=hint)
    return said


def numbers_of(said: Asked) -> Numbers:
    """Its flags as numbers; lists of a file as they would be typed."""
    lists = {key: ",".join(map(str, value)) for key, value in said.said.items() if isinstance(value, list) and value}
    return Numbers({key: value for key, value in said.said.items() if not isinstance(value, list)} | lists)


def preset_of(said: Asked, presets: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """A smaller protocol; a mistake is kept for `refuse`."""
    name = said.said.get("preset")
    if name is None:
        return {}
    if name not in presets:
        hint = did_you_mean(nearest(str(name), list(presets)) or list(presets))
        said.mistakes.append(UsageError(f"unknown preset {str(name)!r}", where="--preset", hint=hint))
        return {}
    return presets[name]


def table_text(head: Sequence[str], rows: Sequence[Sequence[str]], words: int, sentences: Sequence[str]) -> str:
    """A line for each row, then what it says. Options:  words: first columns that are no numbers."""
    lines = aligned([list(head), *rows], words) if rows else ["no cell came to its end"]
    return "\n".join(map(printable, [*lines, "", *sentences])) + "\n"
