"""What the commands of labs share: their flags, how a plan is said before it is run, and how one ends."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from nnlab.cli.completing import RUN_NAMES
from nnlab.cli.flags import Part
from nnlab.cli.main import report
from nnlab.cli.output import echo
from nnlab.cli.places import PATH
from nnlab.cli.runs_text import aligned
from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.core.printing import printable
from nnlab.experiment.sources import command_section
from nnlab.labs.engine import Finished
from nnlab.labs.estimate import Estimate
from nnlab.labs.row import FAILED, SKIPPED, exit_code
from nnlab.labs.study_folder import CONFIG

MOST_REPEATS = 1000


def lab_options(presets: Iterable[str] = (), *, repeats: bool = True) -> list[click.Parameter]:
    """The flags of every lab.

    Options:  presets: names of its smaller forms, such as laptop.  repeats: whether a number of seeds is asked for.
    """
    names = list(presets)
    offered: list[click.Parameter] = []
    if repeats:
        text = "run every configuration with so many seeds [3]"
        offered.append(click.Option(["--repeats", "repeats"], metavar="INT", help=text))
    if names:
        text = "a smaller form: laptop ends within 10 minutes on two cores"
        offered.append(click.Option(["--preset", "preset"], metavar="|".join(names), help=text))
    if "quick" in names:
        offered.append(click.Option(["--quick", "quick"], is_flag=True, help="--preset=quick: a first look"))
    return [
        click.Option(
            ["--resume", "resume"],
            metavar="FOLDER",
            type=PATH,
            shell_complete=RUN_NAMES,
            help="go on with a folder of this lab: only cells that are missing are run",
        ),
        *offered,
        click.Option(
            ["--budget-minutes", "budget_minutes"], metavar="NUMBER", help="stop in time, with what there is by then"
        ),
        click.Option(
            ["--require", "require"], metavar="NAMES", help="end with code 6 where these are missing: cuda, compile, .."
        ),
        click.Option(["--dry-run", "dry_run"], is_flag=True, help="say what would run and what it would take"),
        click.Option(["--json", "json"], is_flag=True, help="one JSON document on stdout instead of a table"),
        click.Option(["--quiet", "-q", "quiet"], is_flag=True, help="no progress, only results and errors"),
        click.Option(["--debug", "debug"], is_flag=True, help="a traceback with an error"),
    ]


@dataclass(frozen=True)
class Asked:
    """What a command line asks a lab for.

    Options:  said: the lab's own flags as they were typed, those of a file below them.
              required: what must not be missing.  budget_s: seconds that it may take; None for no end.
    """

    part: Part
    said: Mapping[str, Any]
    resume: Path | None = None
    budget_s: float | None = None
    required: frozenset[str] = frozenset()
    mistakes: list[NnlabError] = field(default_factory=list)

    def flag(self, name: str) -> bool:
        """Whether a flag without a value was given."""
        return bool(self.part.command.get(name))

    @property
    def preset(self) -> str | None:
        """The smaller form that is asked for. Raises UsageError: two of them."""
        named = self.part.command.get("preset")
        if self.flag("quick") and named not in (None, "quick"):
            raise UsageError("is --preset=quick", where="--quick", hint=f"leave it, or --preset={named}, out")
        return "quick" if self.flag("quick") else named

    def numbers(self, name: str, default: int, most: int = MOST_REPEATS) -> int:
        """A whole number from 1 on; a mistake is kept for `refuse`."""
        text = self.said.get(name, default)
        if not str(text).isdecimal() or not 1 <= int(text) <= most:
            what = f"must be a whole number from 1 to {most}, got {text}"
            self.mistakes.append(UsageError(what, where=_flag(name), hint=f"such as {_flag(name)}={default}"))
            return default
        return int(text)

    def words(self, name: str, default: Sequence[str]) -> list[str]:
        """A list of words, each once; an empty list, an empty word and one that comes twice are mistakes."""
        given = self.said.get(name, list(default))
        words = [word.strip() for word in given.split(",")] if isinstance(given, str) else [str(w) for w in given]
        where = _flag(name)
        if not any(words):
            self.mistakes.append(UsageError("names nothing", where=where, hint=f"such as {where}={','.join(default)}"))
            return list(default)
        for place, word in enumerate(words):
            if not word:
                self.mistakes.append(UsageError("has an empty element", where=where, hint="leave out a comma"))
            elif word in words[:place]:
                self.mistakes.append(UsageError(f"names {word} twice", where=where, hint="leave one of them out"))
        return [word for word in dict.fromkeys(words) if word]

    def refuse(self) -> None:
        """Raises UsageError or Mistakes: all that is wrong, where anything is."""
        if self.mistakes:
            raise as_one(self.mistakes)


def asked(parts: Sequence[Part], section: str) -> Asked:
    """What the flags say; of one that goes on, its folder's configuration below them.

    Options:  section: of a file, that the lab's own options stand in.
    Raises:   UsageError: several experiments, or two configurations.  DataError: a file cannot be read.
    """
    if len(parts) > 1:
        raise UsageError("takes one experiment: cells are its variations", where="--experiment", hint="leave it out")
    part = parts[0]
    resume = Path(part.command["resume"]) if part.command.get("resume") else None
    if resume is not None and part.config:
        what, hint = "a lab that goes on brings its own configuration", "leave out --config or --resume"
        raise UsageError(what, where="--config", hint=hint)
    config = str(resume / CONFIG) if resume is not None else part.config
    own = command_section(config, section) if config else {}
    mistakes: list[NnlabError] = []
    return Asked(
        Part(part.flags, config, part.command),
        {**own, **part.command},
        resume,
        _minutes(part.command.get("budget_minutes"), mistakes),
        frozenset(word for said in str(part.command.get("require", "")).split(",") if (word := said.strip())),
        mistakes,
    )


def _minutes(said: Any, mistakes: list[NnlabError]) -> float | None:
    if said is None:
        return None
    try:
        minutes = float(said)
    except ValueError:
        minutes = math.nan
    if not (math.isfinite(minutes) and minutes > 0):
        mistakes.append(
            UsageError(f"must be a number above 0, got {said}", where="--budget-minutes", hint="such as 10")
        )
        return None
    return 60 * minutes


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def estimate_text(estimate: Estimate) -> str:
    """What would run and what it would take, a line for each configuration, and in all."""
    plan = estimate.plan
    counts = {name: sum(cell.name == name for cell in plan.cells) for name in plan.names}
    head = ["cell", "runs", "parameters", "multiply-adds", "minutes", "CPU minutes", "peak MiB"]
    rows = [head]
    for name in plan.names:
        found = estimate.found[name]
        network = found.get("network", {})
        figures = [f"{network[key]:,}" if key in network else "-" for key in ("parameters", "multiply_adds")]
        took = [f"{found[key] * counts[name] / 60:.1f}" if key in found else "-" for key in ("wall_s", "cpu_s")]
        peak = f"{found['peak_memory_mb']:,.0f}" if "peak_memory_mb" in found else "-"
        rows.append([name, str(counts[name]), *figures, *took, peak])
    whole = [f"{estimate.whole(key) / 60:.1f}" for key in ("wall_s", "cpu_s")]
    rows.append(["all", str(len(plan.cells)), "", "", *whole, ""])
    lines = [f"{plan.lab}: {len(plan.cells)} cells, repeats interleaved, a process each", "", *aligned(rows)]
    lines += ["", f"  estimated from one timed step each, which took {estimate.calibration_s:.1f} s"]
    lines += [f"  {name}: {why}" for name, why in estimate.unknown.items()]
    return "\n".join(map(printable, lines)) + "\n"


def ending(finished: Finished, required: frozenset[str], again: str) -> int:
    """Says what failed, what was skipped, and how what is left is gone on with; the exit code.

    Options:  again: the command that goes on.
    """
    for row in finished.rows:
        if row["status"] == FAILED:
            report(f"{row['cell']}, repeat {row['repeat']}: {row['reason']}")
        elif row["status"] == SKIPPED:
            echo(f"{row['cell']}, repeat {row['repeat']}: skipped ({row['reason']})", err=True)
    if finished.left:
        echo(f"{len(finished.left)} cells are left: go on with: {again}", err=True)
    return exit_code(finished.rows, required)
