"""The page of a comparison: report.html."""

import gzip
from collections.abc import Iterator
from typing import Any

from nnlab.checks.parity.result import GRAVE, Comparison
from nnlab.tracking.comparison.about import About
from nnlab.tracking.comparison.charts import COLUMNS, heat_map_of, line_chart_of
from nnlab.tracking.comparison.differences import Differences
from nnlab.tracking.comparison.document import csv
from nnlab.tracking.comparison.words import (
    MEANINGS,
    TONES,
    count,
    divergence_sentence,
    verdict_sentence,
    worst_sentence,
)
from nnlab.tracking.files import to_json
from nnlab.tracking.pages.page import card, code, download, facts, folded, page, section, table
from nnlab.tracking.pages.scale import short

SHOWN = 40
"""Divergences in the table; the first ones are those that matter."""
PACKED = 300_000
"""Bytes of raw data from which on they are compressed."""


def report(comparison: Comparison, about: About) -> str:
    """The whole document."""
    one, other = comparison.backends
    return page(
        f"{one} and {other}, tensor by tensor",
        _body(comparison, about, Differences.of(comparison)),
        subtitle=f"{about.exp_id}: {about.model} on {about.dataset}",
        foot=f"Written by nnlab {_version(about, 'nnlab')}. Everything is in this file; it loads nothing.",
    )


def _body(comparison: Comparison, about: About, differences: Differences) -> Iterator[str]:
    yield _verdict(comparison, about)
    yield facts(_facts(comparison, about, differences))
    if comparison.history:
        yield _charts(comparison, about, differences)
    if comparison.divergences:
        yield _divergences(comparison)
    yield _worst(differences)
    yield section("What the words mean", facts(MEANINGS, kind="words"))
    yield _repeat(about, differences)


def _verdict(comparison: Comparison, about: About) -> str:
    """The verdict, what was found out about it, what it means."""
    if not comparison.history:
        return card("Nothing compared", f"{verdict_sentence(comparison)}.", tone="fair")
    first = comparison.first
    return card(
        comparison.verdict.capitalize(),
        f"{verdict_sentence(comparison)}.",
        f"{divergence_sentence(first)}." if first is not None else "",
        MEANINGS[comparison.verdict],
        "The comparison ends there: all that follows would follow from it." if comparison.verdict in GRAVE else "",
        "It was stopped before the last step: this is what there was until then." if about.interrupted else "",
        tone=TONES[comparison.verdict],
    )


def _facts(comparison: Comparison, about: About, differences: Differences) -> dict[str, str]:
    first, settings = comparison.first, about.settings
    epochs = comparison.history[-1].epoch if comparison.history else 0
    parted = f"step {first.step}, {first.tensor}, {short(first.relative)} apart" if first else "they never part"
    engines = ", ".join(f"{name} {_version(about, name)}".strip() for name in comparison.backends)
    run = settings.get("run", {})
    return {
        "Backends": engines,
        "Model": about.model,
        "Optimizer": about.optimizer,
        "Data": about.dataset,
        "Numbers": f"{comparison.dtype}, tolerance {about.tolerance:.0e}",
        "Length": f"{count(comparison.steps, 'step')} in {count(epochs, 'epoch')}, {about.seconds:.1f} s",
        "Seeds": f"model {run.get('model_seed', '?')}, dataset {settings.get('data', {}).get('dataset_seed', '?')}",
        "Tensors": f"{len(comparison.tensors)}, of which {len(comparison.silent)} without signal",
        "First divergence": parted,
        "Worst tensor with signal": worst_sentence(differences),
    }


def _charts(comparison: Comparison, about: About, differences: Differences) -> str:
    shared = (
        "" if len(comparison.history) <= COLUMNS else " Several steps share a column, which shows the worst of them."
    )
    return section(
        "How far apart, step by step",
        line_chart_of(comparison, differences, about.tolerance),
        intro="The worst tensor of each kind, with every single tensor as a thin line behind it; dotted grey lines are "
        f"tensors without signal. One division up is ten times as far apart.{shared}",
    ) + section(
        "Every tensor",
        heat_map_of(comparison, differences, about.tolerance),
        intro="One row per tensor, layer by layer in the order of a step. Blue is below the tolerance, orange above "
        "it; grey rows have no signal.",
    )


def _divergences(comparison: Comparison) -> str:
    head = {
        "step": True,
        "epoch": True,
        "tensor": False,
        "kind": False,
        "difference": True,
        "what was found out": False,
    }
    rows = [
        (f"{found.step:,}", str(found.epoch), found.tensor, found.kind, short(found.relative), found.says)
        for found in comparison.divergences[:SHOWN]
    ]
    more = len(comparison.divergences) - len(rows)
    intro = "In the order in which they were found." + (f" {more} more are in comparison.json." if more else "")
    return section("Where they part", table(head, rows), intro=intro)


def _worst(differences: Differences) -> str:
    rows = []
    for place, tensor in enumerate(differences.tensors):
        peak, last = differences.peak([place]), differences.values[:, place]
        known = last[last == last]  # what is no number stands for a step that does not make the tensor
        where = (short(peak.value), f"{peak.step:,}", short(float(known[-1]))) if peak else ("-", "-", "-")
        rows.append((tensor.name, tensor.role, *where, "" if differences.signal[place] else "no signal"))
    head = {"tensor": False, "kind": False, "at most": True, "at step": True, "at the end": True, "": False}
    whole = table(head, rows)
    summary = f"the worst of each of the {len(rows)} tensors"
    return section("In numbers", whole if len(rows) <= SHOWN else folded(summary, whole))


def _repeat(about: About, differences: Differences) -> str:
    """How to have the same again, and the raw data."""
    return section(
        "The same again, and the raw data",
        code(about.typed, kind="typed"),
        _raw(differences),
        download("config.toml", about.config.encode(), "config.toml"),
        folded("every setting (config.toml)", code(about.config)),
        folded("versions and machine (environment.json)", code(to_json(about.environment, indent=2))),
        intro="nnlab compare --config=config.toml repeats it too.",
    )


def _raw(differences: Differences) -> str:
    data = csv(differences).encode()
    if len(data) < PACKED:
        return download("differences.csv", data, "differences.csv", media_type="text/csv")
    packed = gzip.compress(data, mtime=0)
    return download("differences.csv.gz", packed, "differences.csv.gz", media_type="application/gzip")


def _version(about: About, name: str) -> str:
    """The version of a package (or of nnlab itself) as the environment says it; nothing where it does not."""
    found: Any = about.environment.get(name) if name == "nnlab" else about.environment.get("packages", {}).get(name)
    return str(found.get("version", "")) if isinstance(found, dict) else str(found or "")
