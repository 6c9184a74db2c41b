"""The page of a lab: what it found, its table and pictures, every cell, and how it is repeated or gone on with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nnlab import __version__
from nnlab.core.escaped import escape
from nnlab.core.quoting import quoted
from nnlab.labs.engine import Finished
from nnlab.labs.plan import Plan
from nnlab.labs.row import DONE, Row
from nnlab.tracking.pages.page import card, code, contents, folded, page, section, table

WIDE, FEW = 9, 7
"""Columns that have room; rows that may be columns instead."""


@dataclass(frozen=True)
class Said:
    """A card at the top of the page.  Options:  tone: "good", "fair", "warn" or "bad"."""

    word: str
    sentences: tuple[str, ...] = ()
    tone: str = "fair"


@dataclass(frozen=True)
class Part:
    """A part of the page under a heading.  Options:  body: HTML, of the kit in tracking/pages."""

    anchor: str
    heading: str
    body: Sequence[str]
    intro: str = ""


@dataclass(frozen=True)
class LabPage:
    """What a lab puts on its page; the rest is the same for all of them.

    Options:  command: that repeats it, without its places ("nnlab study models").
              head, rows: of the table, as `page.table` takes them.  parts: more, after the table.
              typed: what repeats it, where it is another line; empty for `commands`.
    """

    title: str
    command: str
    said: Sequence[Said]
    head: Mapping[str, bool]
    rows: Sequence[Sequence[str]]
    parts: Sequence[Part] = ()
    words: str = ""
    notes: Sequence[str] = field(default=())
    typed: str = ""


def lab_page(made: LabPage, plan: Plan, finished: Finished, folder: str) -> str:
    """The whole document. Options:  folder: of the study, as it was named."""
    ended = sum(row["status"] == DONE for row in finished.rows)
    return page(
        made.title,
        _body(made, plan, finished, folder),
        subtitle=f"{ended} of {_counted(len(plan.cells), 'cell')}, {_counted(len(plan.names), 'configuration')}",
        foot=f"Written by nnlab {__version__}. Everything is in this file; it loads nothing.",
    )


def _counted(count: int, of: str) -> str:
    return f"{count} {of}{'' if count == 1 else 's'}"


def _body(made: LabPage, plan: Plan, finished: Finished, folder: str) -> Iterator[str]:
    for said in made.said:
        yield card(said.word, *said.sentences, tone=said.tone)
    anchors = {"table": "Table", **{part.anchor: part.heading for part in made.parts}, "cells": "Cells"}
    yield contents(anchors)
    notes = "".join(f'<p class="soft">{escape(note)}</p>' for note in made.notes)
    yield section("Table", _table(made), notes, intro=made.words, anchor="table")
    for part in made.parts:
        yield section(part.heading, *part.body, intro=part.intro, anchor=part.anchor)
    yield section("Cells", _cells(plan, finished), anchor="cells", intro=_ended(finished))
    yield folded(
        "How to repeat it, and how to go on with it", code(made.typed or commands(made.command, folder), kind="typed")
    )


def _table(made: LabPage) -> str:
    """A wide one on its side, where few rows make so many columns."""
    if len(made.head) <= WIDE or len(made.rows) > FEW:
        return table(made.head, made.rows)
    first, *names = made.head
    head = {first: False, **{f"{row[0]}{' ' if row[0] == first else ''}": True for row in made.rows}}
    upright = [[name, *(row[place] for row in made.rows)] for place, name in enumerate(names, 1)]
    return table(head, [row for row in upright if any(cell not in ("", "-") for cell in row[1:])])


def commands(command: str, folder: str) -> str:
    """What repeats a lab, and what runs its cells that are missing."""
    return f"{command} --config={quoted(f'{folder}/config.toml')}\n{command} --resume={quoted(folder)}"


def _ended(finished: Finished) -> str:
    if not finished.left:
        return "Each was a process of its own; repeats were interleaved."
    return f"{len(finished.left)} have not run: go on with the study to run them."


def _cells(plan: Plan, finished: Finished) -> str:
    by_identity = {row["identity"]: row for row in finished.rows}
    head = {"cell": False, "repeat": True, "status": False, "seconds": True, "CPU seconds": True, "why": False}
    rows = []
    for cell in plan.cells:
        row = by_identity.get(cell.identity, {"status": "missing"})
        wall, cpu = (_seconds(row, key) for key in ("wall_s", "cpu_s"))
        rows.append([cell.name, str(cell.repeat), row["status"], wall, cpu, str(row.get("reason") or "")])
    return folded("Every cell", table(head, rows), shown=any(row[2] != DONE for row in rows))


def _seconds(row: Row, key: str) -> str:
    value = row.get(key)
    return "-" if value is None else f"{value:.1f}"
