"""Where time and memory went, measured."""

from collections.abc import Mapping

import numpy as np

from nnlab.tracking.pages.bars import bars
from nnlab.tracking.pages.columns import Columns
from nnlab.tracking.pages.line_chart import line_chart
from nnlab.tracking.pages.lines import HALF, Frame, Line
from nnlab.tracking.report.curves import drawn_epochs
from nnlab.tracking.report.part import Part, missing
from nnlab.tracking.report.recorded import Recorded, number, table_of, words
from nnlab.tracking.step_times import StepTimes

PHASES = {
    "load": "waiting for minibatches", "forward": "forward passes", "backward": "backward passes",
    "update": "updates", "evaluate": "scoring dev and test", "checks": "checks and records",
}  # fmt: skip


def cost(recorded: Recorded) -> Part:
    """Bars of the time, bars of the memory, and the length of epochs."""
    parts = [_time(recorded), _memory(recorded), _epochs(recorded)]
    html = "".join(f"<div>{part}</div>" for part in parts if part)
    if not html:
        return missing("cost", "Time and memory", "no epoch is over.")
    return Part("cost", "Time and memory", f'<div class="pair">{html}</div>', intro=_intro(recorded))


def _intro(recorded: Recorded) -> str:
    elapsed, peak = number(recorded.summary, "elapsed_s"), number(recorded.summary, "peak_memory_mb")
    load, steps = number(recorded.summary, "load_s"), StepTimes.read(recorded.summary.get("step_times"))
    said = [
        f"The whole command took {seconds(elapsed)}." if elapsed == elapsed else "",
        f"Its data was ready after {seconds(load)}." if load == load else "",
        f"The process held {peak:,.0f} MiB at most." if peak == peak else "",
        steps.words if steps else "",
    ]
    return " ".join(filter(None, said))


def _time(recorded: Recorded) -> str:
    phases = table_of(recorded.summary, "phases_s") or _summed(recorded)
    spent = [(name, number(phases, name)) for name in {**dict.fromkeys(PHASES), **dict.fromkeys(phases)}]
    rows = [(PHASES.get(name, words(name, 40)), taken, seconds(taken)) for name, taken in spent if taken >= 0]
    return bars(rows, name="training's time", amount="seconds") if rows else ""


def _summed(recorded: Recorded) -> Mapping[str, float]:
    """Of a run without an end: what its epochs say."""
    found: dict[str, float] = {}
    for rows in recorded.epochs.values():
        row = next(iter(rows.values()))
        for name in table_of(row, "phases_s"):
            taken = number(row, "phases_s", name)
            found[name] = found.get(name, 0.0) + (taken if taken > 0 else 0.0)
    return found


def _memory(recorded: Recorded) -> str:
    peaks: dict[str, float] = {}
    for rows in recorded.epochs.values():
        row = next(iter(rows.values()))
        for name in table_of(row, "memory_phases_mb"):
            peaks[name] = max(peaks.get(name, 0.0), number(row, "memory_phases_mb", name))
    if not peaks:
        return '<p class="soft">Memory by phase was not recorded.</p>'
    held = [(PHASES.get(name, words(name, 40)), peak, f"{peak:,.0f} MiB") for name, peak in peaks.items()]
    return bars(held, name="memory at most, while", amount="resident", color="c4")


def _epochs(recorded: Recorded) -> str:
    epochs = drawn_epochs(recorded)
    if len(epochs) < 2:
        return ""
    taken = np.array([number(next(iter(recorded.epochs[epoch].values())), "seconds") for epoch in epochs])
    frame = Frame(
        Columns.each(epochs), upright="seconds an epoch", label="How long each epoch took", scale="linear", size=HALF
    )
    return line_chart("epoch-seconds", [Line("seconds", taken, "c0")], frame)


def seconds(taken: float) -> str:
    """A time as people read it."""
    if taken < 60:
        return f"{taken:.3g} s"
    minutes, rest = divmod(round(taken), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
