"""`nnlab compare RUN RUN`: whether the second run is better than the first."""

import json as json_module
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from nnlab.cli.completing import RUN_NAMES
from nnlab.cli.output import echo
from nnlab.cli.places import PATH, runs_dir_option
from nnlab.core.errors import UsageError
from nnlab.core.quoting import quoted


@click.command("compare")
@click.argument("names", nargs=-1, type=PATH, metavar="RUN RUN", shell_complete=RUN_NAMES)
@click.option("--partition", type=click.Choice(["test", "dev"]), default="test")
@runs_dir_option
@click.option("--json", "json", is_flag=True)
@click.option("-q", "--quiet", is_flag=True)
@click.option("-v", "--verbose", is_flag=True)
@click.option("--debug", is_flag=True)
def command(names: tuple[str, ...], partition: Any, runs_dir: str, json: bool, **others: bool) -> int:
    """Say whether the second run is better than the first."""
    from nnlab.cli.report_text import verdict_text
    from nnlab.tracking.run import read_run
    from nnlab.tracking.several.decide import decide
    from nnlab.tracking.several.differences import differences
    from nnlab.tracking.several.groups import Group, labels_of
    from nnlab.tracking.several.words import document

    if len(names) != 2:
        hint = f"several on one page: nnlab report {' '.join(map(quoted, names))}"
        raise UsageError(f"compares two runs, got {len(names)}", where="nnlab compare", hint=hint)
    first, second = (read_run(name, Path(runs_dir)) for name in names)
    if first.folder == second.folder:
        raise UsageError("are the same run", where=" ".join(names), hint="name two")
    labels = labels_of([[first], [second]])
    found = decide(Group(labels[0], (first,)), Group(labels[1], (second,)), partition)
    differing = differences([first.config, second.config])
    if json:
        runs = [str(run.folder) for run in (first, second)]
        said = {"schema_version": 1, "runs": runs, **document(found), "differing": differing}
        click.echo(json_module.dumps(said, indent=2, allow_nan=False))
        return 0
    lines = [f"{key}: {one} and {other}" for key, (one, other) in differing.items()]
    echo("\n".join([verdict_text(found), "", "differ in", *(f"  {line}" for line in lines or ["no setting"])]))
    return 0


def are_runs(args: Sequence[str]) -> bool:
    """Whether a command line of `nnlab compare` names runs and no dataset: two words or more that are no flags and no
    values of flags."""
    own = {name for option in command.params for name in option.opts}
    alone = {name for option in command.params if getattr(option, "is_flag", False) for name in option.opts}
    words, value = 0, False
    for token in args:
        if value:
            value = False
        elif token.startswith("-"):
            if token.partition("=")[0] not in own:
                return words >= 2  # a flag of a training: who has named runs before it is told that it has no part
            value = "=" not in token and token not in alone
        else:
            words += 1
    return words >= 2
