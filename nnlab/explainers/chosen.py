"""Explainers by name, with the options that were said of all of them together."""

from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.core.component import make, options_of
from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.core.registry import did_you_mean
from nnlab.explainers.base import EXPLAINERS, Explainer

EVERY = "all"


def chosen(names: Sequence[str], options: Mapping[str, Any]) -> list[Explainer]:
    """The explainers of these names ("all" for every one), each with those of the options that it has.

    Raises:  UsageError or Mistakes: every unknown name, wrong value, and option that none of them has, at once.
    """
    mistakes: list[NnlabError] = []
    classes: list[type[Explainer]] = []
    for name in names:
        try:
            found = list(EXPLAINERS) if name.lower() == EVERY else [EXPLAINERS.get(name)]
        except UsageError as error:
            mistakes.append(UsageError(error.what, where=f"--method={name}", hint=error.hint))
            continue
        classes += [cls for cls in found if cls not in classes]
    explainers: list[Explainer] = []
    for cls in classes:
        own = {offered.name: options[offered.name] for offered in options_of(cls) if offered.name in options}
        try:
            explainers.append(make(cls, own))
        except UsageError as error:
            mistakes.append(error)
    taken = {offered.name for cls in classes for offered in options_of(cls)}
    if classes:
        mistakes += [_stray(name) for name in options if name not in taken]
    if mistakes:
        raise as_one(mistakes)
    return explainers


def _stray(name: str) -> UsageError:
    """For an option that none of the chosen ones has."""
    owners = [cls.__name__ for cls in EXPLAINERS if name in {offered.name for offered in options_of(cls)}]
    hint = f"add {' or '.join(f'--method={owner}' for owner in owners)}" if owners else did_you_mean(["--help"])
    return UsageError("is an option of no method that was chosen", where=f"--{name.replace('_', '-')}", hint=hint)
