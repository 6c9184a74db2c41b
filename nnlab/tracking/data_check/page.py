"""The page of a dataset that was checked: what was found, and the pictures that it was found of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab.core.escaped import escape
from nnlab.data.checks.base import Finding
from nnlab.data.checks.verdict import Found
from nnlab.data.inspection.inspected import Inspected
from nnlab.tracking.data_check.checked import CheckedData
from nnlab.tracking.data_check.thumbnail import thumbnail
from nnlab.tracking.files import write_whole
from nnlab.tracking.pages.page import card, facts, folded, page, section, table

MOST = 240
"""Pictures in a page: some 4 kB each."""

EACH = 24
"""Findings of a check that are shown."""

SIDE_BY_SIDE = 6
"""Pictures of one finding."""

CLASSES = 200
"""Rows of the table of classes."""


@dataclass
class Room:
    """How many pictures the page still takes."""

    left: int = MOST

    def take(self, places: Sequence[int]) -> Sequence[int]:
        """As many of these as there is room for."""
        taken = places[: min(SIDE_BY_SIDE, self.left)]
        self.left -= len(taken)
        return taken


def write_page(path: Path, checked: CheckedData) -> None:
    """Writes the page, whole or not at all. Raises RunError: when it cannot be written."""
    write_whole(path, data_page(checked), hint="choose another --output")


def data_page(checked: CheckedData) -> str:
    """The whole document."""
    style = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
    title = f"{checked.dataset}: data check"
    subtitle = f"{len(checked.data):,} pictures, looked at one by one"
    return page(title, [f"<style>\n{style}</style>", *_body(checked)], subtitle=subtitle, foot="nnlab data check")


def _body(checked: CheckedData) -> Iterator[str]:
    yield _verdict(checked)
    yield facts(_facts(checked))
    if checked.found:
        yield section("What was found", _overview(checked.found))
    room = Room()
    for one in checked.found:
        yield _section(checked, one, room)
    if checked.classes:
        yield section("Classes", _classes(checked.classes))
    if checked.found:
        options = folded("The checks that found something, and their options", _options(checked.found))
        yield section("By what it was judged", options)


def _verdict(checked: CheckedData) -> str:
    if checked.wrong:
        also = f"{checked.warnings:,} warnings besides." if checked.warnings else ""
        return card(f"{checked.wrong:,} wrong", "These are faults of the data: mend them first.", also, tone="bad")
    if checked.warnings:
        return card(f"{checked.warnings:,} to look at", "Nothing is plainly wrong; these may be.", tone="warn")
    return card("Nothing found", "Every picture can be read, and no check found anything.", tone="good")


def _facts(checked: CheckedData) -> Mapping[str, str]:
    data = checked.data
    said = {"Pictures": f"{len(data):,}"}
    if data.source.labelled:
        said["Classes"] = f"{len(data.source.names):,}"
    said |= {name.capitalize(): f"{len(places):,}" for name, places in data.members.items()}
    said["Files"] = ", ".join(f"{count:,} {kind}" for kind, count in checked.kinds.items()) or "none that can be read"
    return {**said, "Digest": checked.digest}


def _overview(found: Sequence[Found]) -> str:
    head = {"": False, "What": False, "How many": True}
    return table(head, [(one.level, one.check.title, f"{one.count:,}") for one in found])


def _section(checked: CheckedData, one: Found, room: Room) -> str:
    shown = one.findings[:EACH]
    figures = "".join(_figure(checked, finding, room) for finding in shown if finding.places)
    words = [finding for finding in shown if not finding.places]
    body = [f"<p>{escape(_sentence(finding.what))}</p>" for finding in words]
    if figures:
        body.append(f'<div class="shots">{figures}</div>')
    if len(one.findings) > EACH:
        more = f"and {len(one.findings) - EACH:,} more: nnlab data check --json lists all"
        body.append(f'<p class="soft">{escape(more)}</p>')
    return section(f"{one.check.title.capitalize()}: {one.count:,}", *body, intro=_sentence(one.check.advice))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _figure(checked: CheckedData, finding: Finding, room: Room) -> str:
    """One finding: its pictures side by side, what they are, and what is wrong."""
    data = checked.data
    row = "".join(thumbnail(data.source.samples[place], checked.data_loader) for place in room.take(finding.places))
    more = len(finding.places) - SIDE_BY_SIDE
    names = [_named(data, place) for place in finding.places[:SIDE_BY_SIDE]]
    lines = "".join(f"<span>{escape(name)}</span>" for name in [*names, *([f"and {more:,} more"] if more > 0 else [])])
    kind = "shot wrong" if finding.wrong else "shot"
    what = escape(finding.what)
    return f'<figure class="{kind}"><div class="row">{row}</div><figcaption>{what}{lines}</figcaption></figure>'


def _named(data: Inspected, place: int) -> str:
    partition = data.partition_of[place]
    return data.source_of(place) + (f" ({partition})" if partition else "")


def _classes(classes: Mapping[str, Mapping[str, int]]) -> str:
    parts = list(next(iter(classes.values())))
    rows = [(name, *(f"{own[part]:,}" for part in parts), f"{sum(own.values()):,}") for name, own in classes.items()]
    whole = table({"Class": False, **dict.fromkeys(parts, True), "all": True}, rows[:CLASSES])
    more = f'<p class="soft">and {len(rows) - CLASSES:,} more classes</p>' if len(rows) > CLASSES else ""
    return whole + more


def _options(found: Iterable[Found]) -> str:
    rows = [
        (one.name, ", ".join(f"{key} {value}" for key, value in one.check.options().items()) or "none") for one in found
    ]
    return table({"Check": False, "Options": False}, rows)
