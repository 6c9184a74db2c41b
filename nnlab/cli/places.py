"""Arguments and flags that are paths."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from nnlab.core.errors import UsageError
from nnlab.core.folders import DATASETS, at_home

Command = TypeVar("Command", bound=Callable[..., Any])


class PathText(click.Path):
    """A path as text, its `~` the home folder: a shell expands it in `--run ~/x`, not in `--run=~/x`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The path; whether it is there is for the command to find out."""
        return at_home(str(value))


PATH = PathText()


KINDS = {".png": ("a PNG file", (".png",)), ".html": ("an HTML file", (".html", ".htm"))}
"""What a file that is to be written is called, and how its name may end, by the usual end."""


def file_to_be(said: str, flag: str, example: str) -> Path:
    """Where a file is wanted. Raises UsageError: its name has another end than the example's, or there is no folder."""
    path = Path(said)
    words, ends = KINDS[Path(example).suffix]
    if path.suffix.lower() not in ends:
        raise UsageError(f"must be {words}, got {said!r}", where=flag, hint=f"such as {flag}={example}")
    if not path.parent.is_dir():
        raise UsageError("no such folder", where=f"{flag}={path}", hint=f"make {path.parent} first")
    return path


def _folder(flag: str, default: str, words: str) -> Callable[[Command], Command]:
    variable = f"NNLAB_{flag.strip('-').replace('-', '_').upper()}"
    return click.option(flag, default=default, show_default=True, envvar=variable, metavar="DIR", type=PATH, help=words)


datasets_path_option = _folder("--datasets-path", DATASETS, "folder of datasets")
runs_dir_option = _folder("--runs-dir", "runs", "folder of runs")
models_path_option = _folder("--models-path", "models", "folder of models")
"""Flags of several commands."""
