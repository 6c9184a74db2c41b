"""What `nnlab bench` shows: how far it is, on stderr, and its table, on stdout."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from nnlab.cli.output import echo, echo_line
from nnlab.cli.progress import display
from nnlab.core.printing import printable
from nnlab.experiment.bench.bench import Watcher
from nnlab.experiment.bench.f14 import REPORTED
from nnlab.experiment.bench.plan import Cell

PLAIN_EVERY = 5.0
"""Seconds between lines where there is no terminal."""


class BenchDisplay(Watcher):
    """Progress: a bar on a terminal, a plain line now and then elsewhere, nothing when quiet.

    The bar is drawn between turns only: a display that refreshes itself would be a cell of its own.
    """

    def __init__(self, *, quiet: bool):
        self._quiet, self._screen = quiet, display(quiet=quiet)
        self._console = Console(stderr=True)
        self._bars: Progress | None = None
        self._said, self._line = 0.0, ""

    @property
    def _terminal(self) -> bool:
        return not self._quiet and self._console.is_terminal and not self._console.is_dumb_terminal

    def say(self, line: str) -> None:
        """A line for the user."""
        self._screen.say(line)

    def warn(self, line: str) -> None:
        """A warning, which --quiet does not silence."""
        self._screen.warn(line) if self._quiet or not self._terminal else self._console.print(
            printable(line), highlight=False, markup=False
        )

    @contextmanager
    def live(self) -> Iterator[None]:
        """While it lasts there is a bar on a terminal."""
        if not self._terminal:
            yield
            return
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
        )
        with Progress(*columns, console=self._console, transient=True, auto_refresh=False) as self._bars:
            self._bars.add_task("images", total=None)
            yield
        self._bars = None

    def loading(self, cell: Cell, done: int, total: int) -> None:
        """Which cell prepares its images, and how many it has."""
        self._show(f"images: {cell.label}", done, total)

    def trained(self, epochs: int, total: int) -> None:
        """How many epochs of all cells together are done."""
        self._show("epochs", epochs, total)

    def warned(self, cell: Cell, line: str) -> None:
        """A cell's warning, with its name."""
        self.warn(f"nnlab: warning: {cell.label}: {line}")

    def _show(self, what: str, done: int, total: int) -> None:
        if self._bars is not None:
            self._bars.update(self._bars.task_ids[0], description=what, completed=done, total=total or None)
            self._bars.refresh()
        elif what != self._line or time.monotonic() - self._said > PLAIN_EVERY or 0 < done == total:
            self._said, self._line = time.monotonic(), what
            self._screen.say(f"{what} {done}/{total}" if total else what)


def table(document: Mapping[str, Any]) -> None:
    """The rows on stdout: a drawn table on a terminal, columns of plain text elsewhere; below it what they mean."""
    rows = document["rows"]
    several = len({row["experiment"] for row in rows}) > 1
    head, cells = _columns(several), [_cells(row, several) for row in rows]
    console = Console()
    if console.is_terminal and not console.is_dumb_terminal:
        drawn = Table(header_style="bold")
        for place, name in enumerate(head):
            drawn.add_column(name, justify="left" if place < 2 + several else "right")
        for row in cells:
            drawn.add_row(*row)
        console.print(drawn)
    else:
        echo(_plain(head, cells, names=2 + several))
    for line in (*_notes(document), *_against_peers(document), *_reference(document)):
        echo_line(line)


def _columns(several: bool) -> list[str]:
    names = ["backend", "images", "load s", "train s", "epoch ms", "quartiles", "ratio", "cpu ms", "MiB", "dev"]
    return ["experiment", *names] if several else names


def _cells(row: Mapping[str, Any], several: bool) -> list[str]:
    spread = "-" if row["epoch_ms"] is None else f"{row['epoch_ms_q1']:.4g}-{row['epoch_ms_q3']:.4g}"
    cells = [
        row["backend"],
        row["data_loader"],
        _shown(row["load_s"], ".2f"),
        _shown(row["train_s"], ".2f"),
        _shown(row["epoch_ms"], ".4g") if row["error"] is None else "failed",
        spread,
        _shown(row["ratio"], ".2f"),
        _shown(row["cpu_ms"], ".4g"),
        _shown(row["peak_memory_mb"], ".0f"),
        _dev(row),
    ]
    return [row["experiment"], *cells] if several else cells


def _dev(row: Mapping[str, Any]) -> str:
    """The figure of dev, which is called after its metric."""
    name, value = next((key, value) for key, value in row.items() if key.startswith("dev_"))
    return _shown(value, ".1%" if name == "dev_accuracy" else ".4g")


def _shown(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _plain(head: Sequence[str], cells: Sequence[Sequence[str]], *, names: int) -> str:
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    lines = [
        "  ".join(
            text.ljust(width) if place < names else text.rjust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *cells)
    ]
    return "\n".join(lines)


def _notes(document: Mapping[str, Any]) -> Iterator[str]:
    """What the figures are of."""
    measured = [row for row in document["rows"] if row["measured_epochs"]]
    yield ""
    for epochs, left_out in dict.fromkeys((row["epochs"], row["warmup_epochs"]) for row in measured):
        of = f"epoch and cpu: median of epochs {left_out + 1} to {epochs}"
        yield f"{of}; the first {left_out} warm up and are left out" if left_out else of
    if repeats := {row["repeats"] for row in measured} - {1}:
        yield f"every cell ran {max(repeats)} times: epochs of all, median of load and train, the greatest memory"
    yield "ratio: to the fastest row, the median over pairs of epochs that ran within one round"
    checked = {(row["gradient_checks"], row["instability_checks"]) for row in measured if not row["peer"]}
    for gradients, instabilities in sorted(checked):
        yield f"gradient checks: {gradients}, instability checks: {instabilities}"
    for name, note in dict.fromkeys((row["backend"], row["note"]) for row in measured if row["note"]):
        yield f"{name}: {note}"


def _against_peers(document: Mapping[str, Any]) -> Iterator[str]:
    """How much of each peer's time our own backends take."""
    rows, ratios = document["rows"], document["ratios"]
    for there, peer in enumerate(rows):
        if not peer["peer"]:
            continue
        said = [
            f"{row['backend']} · {row['data_loader']} {ratios[here][there]:.2f}"
            for here, row in enumerate(rows)
            if not row["peer"] and row["experiment"] == peer["experiment"] and ratios[here][there] is not None
        ]
        if said:
            yield f"an epoch takes, of that of {peer['backend']}: {', '.join(said)}"


def _reference(document: Mapping[str, Any]) -> Iterator[str]:
    if document["f14"]:
        said = [
            f"{each.backend} · {each.data_loader} {each.seconds // 60}m{each.seconds % 60:02}s {each.memory_mb} MB "
            f"{each.dev_accuracy:.0%}"
            for each in REPORTED
        ]
        yield f"the reference system, on its own machine and images, the whole run: {'; '.join(said)}"
