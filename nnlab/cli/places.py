"""Arguments and flags that are paths."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from nnlab.core.folders import DATASETS, at_home

Command = TypeVar("Command", bound=Callable[..., Any])


class PathText(click.Path):
    """A path as text, its `~` the home folder: a shell expands it in `--run ~/x`, not in `--run=~/x`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The path; whether it is there is for the command to find out."""
        return at_home(str(value))


PATH = PathText()


def _folder(flag: str, default: str, words: str) -> Callable[[Command], Command]:
    variable = f"NNLAB_{flag.strip('-').replace('-', '_').upper()}"
    return click.option(flag, default=default, show_default=True, envvar=variable, metavar="DIR", type=PATH, help=words)


datasets_path_option = _folder("--datasets-path", DATASETS, "folder of datasets")
runs_dir_option = _folder("--runs-dir", "runs", "folder of runs")
models_path_option = _folder("--models-path", "models", "folder of models")
"""Flags of several commands."""
