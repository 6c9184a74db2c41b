"""The flags that say by what cells are had done, of every command that has several."""

from collections.abc import Mapping
from typing import Any

import click

from nnlab.core.errors import NnlabError, UsageError
from nnlab.labs.engines.base import RETRIES, Engine, EngineOptions, engine_named

AT_ONCE = "--at-once"
"""What workers are called where every setting of a training is a flag: --workers is one, of how pictures are read."""

MOST_WORKERS, MOST_RETRIES = 4096, 1000


def engine_options(workers: str = "--workers") -> list[click.Parameter]:
    """The flags.  Options:  workers: what that one is called where --workers is a setting of the training."""
    return [
        click.Option(
            ["--engine", "engine"],
            metavar="NAME",
            help="local: processes on this machine; dask: a Dask cluster that runs already [local]",
        ),
        click.Option([workers, "engine_workers"], metavar="INT", help="do so many at once [1; dask: as it has room]"),
        click.Option(["--address", "address"], metavar="URL", help="of the Dask scheduler: tcp://127.0.0.1:8786"),
        click.Option(
            ["--retries", "retries"],
            metavar="INT",
            help=f"begin one whose process died again, so many times at most [{RETRIES}]",
        ),
        click.Option(["--fail-fast", "fail_fast"], is_flag=True, help="end with the first that fails"),
        click.Option(["--keep-going", "keep_going"], is_flag=True, help="go on with the others (the default)"),
    ]


def engine_of(flags: Mapping[str, Any], mistakes: list[NnlabError], workers: str = "--workers") -> Engine:
    """The engine that the flags ask for; of mistakes the default one.

    Options:  flags: by name, as `engine_options` names them.  mistakes: takes in what is wrong.
              workers: as `engine_options` was told.
    """
    if flags.get("fail_fast") and flags.get("keep_going"):
        mistakes.append(UsageError("and --keep-going exclude each other", where="--fail-fast", hint="leave one out"))
    address = flags.get("address")
    at_once, retries = flags.get("engine_workers"), flags.get("retries")
    options = EngineOptions(
        workers=None if at_once is None else _count(at_once, workers, range(1, MOST_WORKERS + 1), mistakes),
        address=None if address is None else str(address),
        retries=RETRIES if retries is None else _count(retries, "--retries", range(MOST_RETRIES + 1), mistakes),
        fail_fast=bool(flags.get("fail_fast")),
    )
    name = str(flags.get("engine") or "local")
    try:
        return engine_named(name, options)
    except UsageError as error:
        mistakes.append(UsageError(error.what, where="--engine", hint=error.hint))
        return engine_named("local", options)


def _count(said: Any, flag: str, offered: range, mistakes: list[NnlabError]) -> int:
    """A whole number; of a mistake the least that is offered."""
    if str(said).isdecimal() and int(said) in offered:
        return int(said)
    what = f"must be a whole number from {offered[0]} to {offered[-1]}, got {said}"
    mistakes.append(UsageError(what, where=flag, hint=f"such as {flag}=2"))
    return offered[0]
