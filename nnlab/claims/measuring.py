"""From what runs left to readings: a call of a page, on the runs that it names, seed by seed."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.claims.grammar import Call
from nnlab.claims.measures import MEASURES
from nnlab.claims.names import runs_of
from nnlab.claims.of_run import Figure, right_of, samples_of
from nnlab.claims.reading import Reading
from nnlab.core.errors import UsageError
from nnlab.core.registry import advice
from nnlab.tracking.run import Run, read_run


@dataclass(frozen=True)
class Made:
    """What there is of a run of a page.

    Options:  folders: of a training the run folder of each seed.  document: what another command printed as JSON.
              reported: figures that somebody else gave, by measure.
    """

    folders: Mapping[str, Path]
    document: Any = None
    reported: Mapping[str, Reading] | None = None


def measured(call: Call, made: Mapping[str, Made]) -> Reading:
    """A measure of runs that were made.

    Raises:  UsageError: when they have no such figure.  DataError: when a folder is damaged.
    """
    measure = MEASURES[call.measure]
    names = runs_of(call, measure)
    one = made[names[0]]
    if one.reported is not None:
        if call.measure not in one.reported:
            hint = advice(call.measure, list(one.reported))
            raise UsageError(f"was not reported: {call.measure}", where=f"run {names[0]}", hint=hint)
        return one.reported[call.measure]
    if call.measure == "figure":
        value = at_path(one.document, call.arguments[1], call.text)
        return Reading(names, "fact", "", {"": _finite(value)})
    if call.measure == "spread":
        return _spread(call, made)
    if any(not made[name].folders for name in names):
        raise UsageError(f"{call.text}: is of trainings; of other commands: figure(RUN, PATH)")
    return _of_trainings(call, names, [made[name].folders for name in names])


def _spread(call: Call, made: Mapping[str, Made]) -> Reading:
    """How far seeds lie apart."""
    run, partition = call.arguments
    own = measured(Call(f"{partition}_accuracy", (run,)), made)
    if own.deviation is None:
        raise UsageError(f"{call.text}: one run has no spread", hint="train with --training-times=3 or more")
    return Reading((run,), "fact", "share", {"": own.deviation})


def _of_trainings(call: Call, names: tuple[str, ...], folders: Sequence[Mapping[str, Path]]) -> Reading:
    measure = MEASURES[call.measure]
    seeds = [seed for seed in folders[0] if all(seed in each for each in folders)]
    if not seeds:
        raise UsageError(f"{call.text}: the runs have no seeds in common")
    runs = {seed: [read_run(each[seed]) for each in folders] for seed in seeds}
    each = {seed: _value(call, runs[seed]) for seed in seeds}
    unit = measure.unit
    if call.measure == "score":
        unit = "share" if "accuracy" in call.arguments[1] else ""
    if unit != "share":
        return Reading(names, measure.kind, unit, each)
    said = dict(zip(measure.takes, call.arguments, strict=False))
    n = samples_of(runs[seeds[0]][0], said.get("partition", measure.partition))
    if measure.partition not in ("dev", "test"):  # of training no answers are kept
        return Reading(names, measure.kind, unit, each, n)
    kept = {seed: right_of(runs[seed][0], measure.partition) for seed in seeds}
    right = {seed: bits for seed, (bits, _) in kept.items() if bits}
    return Reading(names, measure.kind, unit, each, n, right, {seed: kept[seed][1] for seed in right})


def _value(call: Call, runs: Sequence[Run]) -> Figure:
    """Of one seed, by the measure's own function."""
    measure = MEASURES[call.measure]
    assert measure.read is not None
    try:
        return _finite(measure.read(*runs, *call.arguments[len(runs) :]))
    except UsageError as error:
        raise UsageError(f"{call.text}: {error.what}", hint=error.hint) from None


def _finite(value: Figure) -> Figure:
    """What is no number any more is no figure: evidence has none such."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def at_path(document: Any, path: str, said: str) -> float | str:
    """A figure of a document: names and places with points between; of a list an element by its place, or by what one
    of its texts is.

    Raises:  UsageError: when there is none.
    """
    at = document
    for part in path.split("."):
        if isinstance(at, dict) and part in at:
            at = at[part]
        elif isinstance(at, list) and part.isdecimal() and int(part) < len(at):
            at = at[int(part)]
        elif isinstance(at, list) and (
            found := [item for item in at if isinstance(item, dict) and part in item.values()]
        ):
            at = found[0]
        else:
            known = list(at) if isinstance(at, dict) else _texts(at) if isinstance(at, list) else []
            raise UsageError(f"{said}: there is no {part!r}", hint=advice(part, known) if known else None)
    if isinstance(at, bool) or not isinstance(at, (int, float, str)):
        raise UsageError(f"{said}: is no figure", hint="name one within it" if isinstance(at, (dict, list)) else None)
    return at


def _texts(items: list[Any]) -> list[str]:
    return [text for item in items if isinstance(item, dict) for text in item.values() if isinstance(text, str)]
