"""Image steps as they are written in settings: `Flip`, `Flip:share=0.5`, `Rotate:max_degrees=10`."""

import re
from collections.abc import Sequence
from typing import Any

from nnlab.core.component import make
from nnlab.core.errors import UsageError
from nnlab.core.registry import Registry
from nnlab.data.mixing.base import MIXINGS
from nnlab.data.steps.base import STEPS, ImageStep, RandomImageStep, RandomPlacingStep

BETWEEN_STEPS = re.compile(r",(?=\s*[A-Za-z_][^,:=]*(?::|,|$))")
BETWEEN_OPTIONS = re.compile(r",(?=\s*\w+=)")


def separated(texts: Sequence[str]) -> tuple[str, ...]:
    """One text per step, of texts that hold several, or were split at the commas between a step's options."""
    return tuple(text.strip() for text in BETWEEN_STEPS.split(",".join(texts)) if text.strip())


def plain_step(text: str) -> ImageStep:
    """The step without chance that NAME:option=value,option=value means.

    Raises:   UsageError: no such step, one with chance, or options that it does not have.
    """
    step = _step(text)
    if isinstance(step, ImageStep):
        return step
    raise UsageError(f"{type(step).__name__} is random: use --augment")


def random_step(text: str) -> RandomImageStep:
    """The step with chance. Raises UsageError: as above."""
    step = _step(text)
    if isinstance(step, RandomImageStep):
        return step
    raise UsageError(f"{type(step).__name__} has no chance: it belongs to --image-steps")


def corrupting_step(text: str) -> RandomImageStep:
    """A step with chance that leaves pixels where they are. Raises UsageError: as above."""
    step = random_step(text)
    if isinstance(step, RandomPlacingStep):
        what = f"{type(step).__name__} moves pixels, and what is true of them would be elsewhere"
        raise UsageError(what, hint="use --augment, which moves both")
    return step


def _step(text: str) -> ImageStep | RandomImageStep:
    name = text.partition(":")[0].strip()
    if name in MIXINGS:
        mixing = MIXINGS.name_of(name)
        what = f"{mixing} mixes minibatches, and is a setting of its own"
        raise UsageError(what, hint=f"use --{mixing.lower()}=ALPHA")
    made: ImageStep | RandomImageStep = component_of(text, STEPS)
    return made


def component_of(text: str, registry: Registry[Any]) -> Any:
    """What NAME:option=value,option=value means among registered components. Raises UsageError: as above."""
    name, _, options = text.partition(":")
    cls = registry.get(name.strip())
    values = {}
    for pair in BETWEEN_OPTIONS.split(options) if options else []:
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"must be NAME:option=value,option=value, got {text!r}")
        values[key.strip()] = value.strip()
    return make(cls, values)
