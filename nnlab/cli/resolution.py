"""`nnlab resolution`: at which size a network that learnt from random crops ought to be used."""

import click

from nnlab.cli.nearest_group import NearestGroup
from nnlab.cli.resolution_sigma import sigma_command
from nnlab.cli.resolution_sweep import sweep_command
from nnlab.cli.resolution_tune import tune_command


@click.group("resolution", cls=NearestGroup)
def command() -> None:
    """Finds the size at which a network that learnt from random crops is best used, and tunes it for another size."""


command.add_command(sigma_command)
command.add_command(sweep_command)
command.add_command(tune_command)
