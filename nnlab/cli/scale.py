"""`nnlab scale`: networks that grow by three factors: what they become, and whether they pay."""

import click

from nnlab.cli.nearest_group import NearestGroup
from nnlab.cli.scale_plan import plan_command
from nnlab.cli.scale_search import search_command


@click.group("scale", cls=NearestGroup)
def command() -> None:
    """Makes a network larger by three factors (depth, width, resolution): the plan, and a search for the factors."""


command.add_command(plan_command)
command.add_command(search_command)
