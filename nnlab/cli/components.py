"""`nnlab components`: every registered component, its options and where it runs."""

import json as json_module
from collections.abc import Iterator
from typing import Any

import click

from nnlab.backends.base import BACKENDS
from nnlab.checks.parity.conventions.base import CONVENTIONS
from nnlab.cli.output import echo
from nnlab.core.component import Option, options_of, type_name
from nnlab.core.errors import UsageError
from nnlab.core.registry import Registry, did_you_mean, nearest
from nnlab.data.checks.base import DATA_CHECKS
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.makers.base import MAKERS
from nnlab.data.mixing.base import MIXINGS
from nnlab.data.readers.base import READERS
from nnlab.data.samplers.base import SAMPLERS
from nnlab.data.steps.base import STEPS
from nnlab.explainers.base import EXPLAINERS
from nnlab.initializers.base import INITIALIZERS
from nnlab.layers.base import LAYERS
from nnlab.losses.base import LOSSES
from nnlab.metrics.base import METRICS
from nnlab.models.base import MODELS
from nnlab.optimizers.base import OPTIMIZERS
from nnlab.schedules.base import SCHEDULES
from nnlab.tasks.base import TASKS

KINDS: tuple[Registry[Any], ...] = (
    TASKS, DATA_LOADERS, READERS, MAKERS, STEPS, MIXINGS, SAMPLERS, DATA_CHECKS,
    INITIALIZERS, LAYERS, MODELS, LOSSES, OPTIMIZERS, SCHEDULES, METRICS, CONVENTIONS, EXPLAINERS,
)  # fmt: skip


@click.command("components")
@click.argument("names", nargs=-1, metavar="[KIND_OR_NAME]...")
@click.option("--json", "json", is_flag=True, help="one JSON document")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def command(names: tuple[str, ...], json: bool, debug: bool) -> None:
    """Lists every registered component and its options, or those of a kind or name.

    nnlab components layer Adam
    """
    found = _selected(names)
    if json:
        click.echo(json_module.dumps({"schema_version": 1, "components": found}, indent=2))
        return
    kind = ""
    for component in found:
        if component["kind"] != kind:
            kind = component["kind"]
            echo(f"{kind}")
        some = component["backends"]
        only = "" if len(some) == len(BACKENDS.names()) else f" ({', '.join(some) or 'no backend'} only)"
        echo(f"  {component['name']:<20} {component['summary']}{only}")
        for option in component["options"]:
            echo(f"      {option['name']:<16} {option['type']:<10} [{option['default']}] {option['help']}")


def _selected(names: tuple[str, ...]) -> list[dict[str, Any]]:
    every = list(_all())
    if not names:
        return every
    known = sorted({key for component in every for key in (component["kind"], component["name"])})
    wanted = set()
    for name in names:
        match = next((key for key in known if key.lower() == name.lower()), None)
        if match is None:
            near = nearest(name, known)
            kinds = ", ".join(kind.kind for kind in KINDS)
            hint = did_you_mean(near) if near else f"kinds are {kinds}"
            raise UsageError(f"no kind or component {name!r}", hint=hint)
        wanted.add(match)
    return [component for component in every if {component["kind"], component["name"]} & wanted]


def _all() -> Iterator[dict[str, Any]]:
    for registry in KINDS:
        for cls in registry:
            yield {
                "kind": registry.kind,
                "name": cls.__name__,
                "summary": (cls.__doc__ or "").strip().splitlines()[0],
                "module": cls.__module__,
                "backends": [backend.__name__.lower() for backend in BACKENDS if backend.has(cls)],
                "options": [_option(option) for option in options_of(cls)],
            }


def _option(option: Option) -> dict[str, Any]:
    return {
        "name": option.name,
        "type": "|".join(map(str, option.choices)) if option.choices else type_name(option.type),
        "default": option.shown_default,
        "help": option.help,
    }
