"""`nnlab sweep`: many trainings that differ in what a plan says, and which of them is best."""

import os
from pathlib import Path

import click

from nnlab.cli.nearest_group import NearestGroup
from nnlab.cli.sweep_run import run_command
from nnlab.cli.sweep_status import status_command


class PlanOrCommand(NearestGroup):
    """Takes `nnlab sweep plan.toml` as `nnlab sweep run plan.toml`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does it, with `run` put in where a plan stands first, or a flag."""
        first = args[0] if args else "--help"
        if first not in ("-h", "--help") and first not in self.commands and _is_plan(first):
            args = ["run", *args]
        return super().parse_args(ctx, args)


def _is_plan(word: str) -> bool:
    return word.startswith("-") or word.endswith(".toml") or os.sep in word or Path(word).is_file()


@click.group("sweep", cls=PlanOrCommand, epilog="nnlab sweep plan.toml is short for nnlab sweep run plan.toml")
def command() -> None:
    """Train what a plan proposes, several seeds each, and say which is best and from which it cannot be told.

    \b
    nnlab sweep plan.toml --dry-run
    nnlab sweep plan.toml --workers=2
    nnlab sweep status FOLDER
    """


command.add_command(run_command)
command.add_command(status_command)
