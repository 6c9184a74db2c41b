"""`nnlab study`: what a bigger model, a bigger picture, another seed costs here, and whether it buys accuracy."""

import click

from nnlab.cli.nearest_group import NearestGroup
from nnlab.cli.study_ladder import command as ladder
from nnlab.cli.study_models import command as models
from nnlab.cli.study_seeds import command as seeds
from nnlab.cli.study_sizes import command as sizes


@click.group("study", cls=NearestGroup)
def command() -> None:
    """Train the same in several variations, several seeds each, and say what they cost and whether they differ.

    Every cell is a process of its own; a study that is ended goes on with --resume=FOLDER and runs nothing twice.
    """


command.add_command(ladder)
command.add_command(models)
command.add_command(sizes)
command.add_command(seeds)
