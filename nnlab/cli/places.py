"""Arguments and flags that are paths."""

from typing import Any

import click

from nnlab.core.folders import at_home


class PathText(click.Path):
    """A path as text, its `~` the home folder: a shell expands it in `--run ~/x`, not in `--run=~/x`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The path; whether it is there is for the command to find out."""
        return at_home(str(value))


PATH = PathText()
