"""What `nnlab runs` prints: the table of runs, one run in words, what several differ in."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nnlab.core.printing import printable
from nnlab.core.quoting import quoted
from nnlab.data.options import PARTITIONS
from nnlab.tracking.choosing import Entry
from nnlab.tracking.judged import Judge, judge_of
from nnlab.tracking.listing import Listed
from nnlab.tracking.several.results import heading, shown
from nnlab.tracking.several.table import Compared

HEAD = ("run", "state", "model", "dataset", "epochs", "dev", "test", "parameters", "time", "size")
LEFT = 4
"""Columns that are words."""


def table_of(entries: Sequence[Entry]) -> list[str]:
    """A line for each run, under a head; none for none."""
    if not entries:
        return []
    rows = [list(HEAD), *(_cells(entry) for entry in entries)]
    lines = aligned(rows, LEFT)
    notes = ["", *(_note(entry.row) for entry in entries)]
    return [f"{line}  {note}".rstrip() for line, note in zip(lines, notes, strict=True)]


def aligned(rows: Sequence[Sequence[str]], left: int = 1) -> list[str]:
    """Cells in columns: the first so many to the left, numbers to the right."""
    cells = [[printable(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return [
        "  ".join(
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def _cells(entry: Entry) -> list[str]:
    row = entry.row
    state = f"{row['state']}{', kept' if row['kept'] else ''}"
    if row["model"] is None:
        return [row["name"], state, *["-"] * 7, size(row["bytes"])]
    epochs = f"{row['epochs_run']}" if row["epochs_run"] == row["epochs"] else f"{row['epochs_run']}/{row['epochs']}"
    scores = [_figure(row, name, entry.judge) for name in ("dev", "test")]
    count = "-" if row["parameters"] is None else f"{row['parameters']:,}"
    seconds = "-" if row["elapsed_s"] is None else duration(row["elapsed_s"])
    words = [str(row[key] or "-") for key in ("model", "dataset")]
    return [row["name"], state, *words, epochs, *scores, count, seconds, size(row["bytes"])]


def _figure(row: Mapping[str, Any], name: str, judge: Judge) -> str:
    score = row[name]
    return judge.shown(None if score is None else score.get(row["figure"]))


def _note(row: Mapping[str, Any]) -> str:
    """What went wrong with it, cut to a line."""
    problem = printable(row["problem"] or "")
    return problem if len(problem) <= 100 else f"{problem[:97]}..."


def amount(count: int, noun: str, several: str = "") -> str:
    """1 run, 2 runs"""
    return f"{count:,} {noun if count == 1 else several or f'{noun}s'}"


def size(count: int) -> str:
    """Bytes as people read them."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count / 1e3:.0f} kB"


def duration(seconds: float) -> str:
    """4.2 s, 3:05 min, 2:10 h"""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02} h"


def detail(one: Listed) -> str:
    """One run in some lines."""
    row = one.row()
    lines = [f"{one.name}: {one.state}{', kept' if one.kept else ''}"]
    lines += [f"  {one.problem}"] if one.problem else []
    if row["model"] is not None:
        lines += ["", *_what_it_was(one, row), "", *_scores(one, row), *_what_it_cost(row), *_openings(one)]
    lines += ["", f"  folder: {one.run.folder} ({size(row['bytes'])})"]
    if one.state in ("finished", "early", "budget", "interrupted", "failed", "killed"):
        lines += [f"  {words:<8}{line}" for words, line in _commands(one)]
    return "\n".join(printable(line) for line in lines)


def _what_it_was(one: Listed, row: Mapping[str, Any]) -> Iterator[str]:
    count = f", {row['parameters']:,} parameters" if row["parameters"] is not None else ""
    yield f"  {row['model']} with {row['optimizer']} on {row['dataset']}{count} ({row['backend']})"
    yield f"  seeds: model {row['model_seed']}, dataset {row['dataset_seed']}; nnlab {row['version'] or 'unknown'}"


def _scores(one: Listed, row: Mapping[str, Any]) -> Iterator[str]:
    judge = judge_of(one.run)
    there = [(name, row[name]) for name in PARTITIONS if row[name] is not None]
    if not there:
        yield "  no scores yet"
        return
    cells = [["", "loss", judge.title, "samples", "95% interval"]]
    for name, score in there:
        value, samples = score.get(judge.key), score.get("samples")
        interval = " to ".join(map(judge.shown, judge.interval(value, samples) or ())) or "-"
        loss = "-" if score.get("loss") is None else f"{score['loss']:.4g}"
        cells.append([name, loss, judge.shown(value), "-" if samples is None else f"{int(samples):,}", interval])
    yield from (f"  {line}" for line in aligned(cells))


def _what_it_cost(row: Mapping[str, Any]) -> Iterator[str]:
    words = [f"{row['epochs_run']} of {row['epochs']} epochs"]
    words += [f"best weights from epoch {row['best_epoch']}"] if row["best_epoch"] is not None else []
    words += [f"early stop at epoch {row['early_stop_epoch']}"] if row["early_stop_epoch"] is not None else []
    words += [duration(row["elapsed_s"])] if row["elapsed_s"] is not None else []
    words += [f"{row['peak_memory_mb']:.0f} MiB at most"] if row["peak_memory_mb"] is not None else []
    yield f"  {' · '.join(words)}"


def _openings(one: Listed) -> Iterator[str]:
    """Times that test was looked at after training."""
    opened = one.run.openings
    if opened:
        last = opened[-1]
        yield f"  test was scored {amount(len(opened), 'time')} more since training, last {last['when']}"


def _commands(one: Listed) -> Iterator[tuple[str, str]]:
    quoted_folder = quoted(one.run.folder)
    yield "repeat", f"nnlab train --config={quoted(one.run.folder / 'config.toml')}"
    if one.state in ("interrupted", "killed"):
        yield "resume", f"nnlab train --resume={quoted_folder}"
    if one.run.has_weights:
        yield "use", f"nnlab infer --run={quoted_folder} PICTURES"
        yield "judge", f"nnlab evaluate {quoted_folder} FOLDER"


def differing_text(found: Compared) -> str:
    """The settings that differ, then the results, a column for each run."""
    names = [run.name for run in found.runs]
    rows = [["", *names]]
    rows += [[key, *cells] for key, cells in found.differing.items()] or [["(no setting differs)", *[""] * len(names)]]
    rows.append([""] * (len(names) + 1))
    for key in found.columns:
        cells = [shown(key, found.of(run)[key], found.judge) for run in found.runs]
        rows.append([heading(key, found.judge), *cells])
    return "\n".join(aligned(rows))
