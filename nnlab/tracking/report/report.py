"""The page of a run: report.html, from its folder alone."""

from collections.abc import Iterator
from pathlib import Path

from nnlab.core.errors import NnlabError
from nnlab.tasks.base import TASKS
from nnlab.tracking.files import write_whole
from nnlab.tracking.pages.page import contents, page
from nnlab.tracking.report.baselines import baselines
from nnlab.tracking.report.commands import commands
from nnlab.tracking.report.cost import cost
from nnlab.tracking.report.curves import curves
from nnlab.tracking.report.gradients import gradients
from nnlab.tracking.report.layer_statistics import layer_statistics
from nnlab.tracking.report.network import network
from nnlab.tracking.report.openings import openings
from nnlab.tracking.report.part import Part
from nnlab.tracking.report.pictures import seen
from nnlab.tracking.report.readings.base import READINGS, Reading
from nnlab.tracking.report.recorded import Recorded, words
from nnlab.tracking.report.result import result
from nnlab.tracking.report.scales import scales
from nnlab.tracking.report.settings import settings
from nnlab.tracking.run import Run, read_run

REPORT = "report.html"
"""Its name in a run folder."""


def write_report(folder: str | Path) -> Path:
    """Writes report.html of a run, finished, killed or training, also of an earlier nnlab; an older page is replaced.

    Raises:  DataError: no run there, or one with a damaged file.  RunError: when it cannot be written.
    """
    run = read_run(folder)
    path = run.folder / REPORT
    write_whole(path, run_page(run))
    return path


def run_page(run: Run) -> str:
    """The whole document. Raises: as `write_report`."""
    recorded = Recorded(run)
    version = recorded.run.environment.get("nnlab")
    by = f"nnlab {words(version.get('version'), 40)}" if isinstance(version, dict) else "nnlab"
    return page(
        f"{words(recorded.setting('model', 'name')) or 'A run'} on {words(recorded.setting('data', 'dataset'))}",
        body(recorded),
        subtitle=run.name,
        foot=f"Trained by {by}. Everything is in this file; it loads nothing. docs/reading-a-report.md explains it.",
    )


def body(recorded: Recorded) -> Iterator[str]:
    """What stands in the page: the result, where to find what, then part by part."""
    reading = reading_of(recorded)
    shown = list(parts(recorded, reading))
    yield result(recorded, reading)
    yield contents({part.anchor: part.name for part in shown})
    yield from (part.section for part in shown)


def parts(recorded: Recorded, reading: Reading) -> Iterator[Part]:
    """The parts in the order in which one asks for them."""
    yield curves(recorded)
    if (peers := baselines(recorded)) is not None:
        yield peers
    if (sizes := scales(recorded)) is not None:
        yield sizes
    yield from reading.figures()
    yield seen(recorded, reading.pictures)
    yield gradients(recorded)
    yield layer_statistics(recorded)
    yield cost(recorded)
    yield network(recorded)
    if (opened := openings(recorded)) is not None:
        yield opened
    yield settings(recorded)
    yield commands(recorded)


def reading_of(recorded: Recorded) -> Reading:
    """The reading of the run's task; a general one where that is not installed, or has none of its own."""
    name = str(recorded.setting("task", "name") or "Classification")  # runs of before there were tasks
    try:
        kind = TASKS.get(name)
    except NnlabError:
        return Reading(recorded)
    return READINGS.of(kind)(recorded) if kind in READINGS else Reading(recorded)
