"""Text for stdout and stderr: nothing in it speaks to a terminal, whatever names it has."""

import click

from nnlab.core.printing import printable, printable_lines


def echo(text: str, *, err: bool = False) -> None:
    """Prints text of one or several lines to stdout, or to stderr."""
    click.echo(printable_lines(text), err=err)


def echo_line(text: str) -> None:
    """Prints one line to stdout: line ends within names are written out."""
    click.echo(printable(text))
