"""The page of a dataset that was checked: what was found, and the pictures that it was found of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from nnlab.core.escaped import escape
from nnlab.data.checks.base import Finding
from nnlab.data.checks.verdict import Found
from nnlab.data.inspection.inspected import Inspected
from nnlab.tracking.data_check.checked import CheckedData
from nnlab.tracking.data_check.thumbnail import thumbnail
from nnlab.tracking.files import write_whole
from nnlab.tracking.pages.page import card, facts, folded, page, section, table
from nnlab.tracking.pages.pictures import Captioned, Picture, Room, beside, gallery, group

EACH = 24
"""Findings of a check that are shown."""

SIDE_BY_SIDE = 6
"""Pictures of one finding."""

CLASSES = 200
"""Rows of the table of classes."""


def write_page(path: Path, checked: CheckedData) -> None:
    """Writes the page, whole or not at all. Raises RunError: when it cannot be written."""
    write_whole(path, data_page(checked), hint="choose another --output")


def data_page(checked: CheckedData) -> str:
    """The whole document."""
    title = f"{checked.dataset}: data check"
    subtitle = f"{len(checked.data):,} pictures, looked at one by one"
    return page(title, _body(checked), subtitle=subtitle, foot="nnlab data check")


def _body(checked: CheckedData) -> Iterator[str]:
    yield _verdict(checked)
    yield facts(_facts(checked))
    if checked.found:
        yield section("What was found", _overview(checked.found))
    room = Room()
    for one in checked.found:
        yield _section(checked, one, room)
    if room.refused:
        yield '<p class="soft">Further pictures are left out, to keep the page small.</p>'
    if checked.classes:
        yield section("Classes", _classes(checked.classes))
    if checked.found:
        options = folded("The checks that found something, and their options", _options(checked.found))
        yield section("By what it was judged", options)


def _verdict(checked: CheckedData) -> str:
    if checked.wrong:
        words = "warning" if checked.warnings == 1 else "warnings"
        also = f"{checked.warnings:,} {words} besides." if checked.warnings else ""
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
    body = [f"<p>{escape(_sentence(finding.what))}</p>" for finding in shown if not finding.places]
    if alone := [_alone(checked, finding, room) for finding in shown if len(finding.places) == 1]:
        body.append(gallery(alone))
    if several := [_together(checked, finding, room) for finding in shown if len(finding.places) > 1]:
        body.append(beside(several))
    if len(one.findings) > EACH:
        more = f"and {len(one.findings) - EACH:,} more: nnlab data check --json lists all"
        body.append(f'<p class="soft">{escape(more)}</p>')
    return section(f"{one.check.title.capitalize()}: {one.count:,}", *body, intro=_sentence(one.check.advice))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _alone(checked: CheckedData, finding: Finding, room: Room) -> Captioned:
    """A finding of one picture."""
    (place,) = finding.places
    name = _named(checked.data, place)
    return Captioned(_picture(checked, place, room), finding.what, [name], is_wrong=finding.wrong)


def _together(checked: CheckedData, finding: Finding, room: Room) -> str:
    """A finding of several: what they have in common, then each with its name."""
    places = finding.places[:SIDE_BY_SIDE]
    count = f" ({len(places)} of {len(finding.places):,})" if len(finding.places) > len(places) else ""
    pictures = [
        Captioned(_picture(checked, place, room), _named(checked.data, place), is_wrong=finding.wrong)
        for place in places
    ]
    return group(finding.what + count, gallery(pictures))


def _picture(checked: CheckedData, place: int, room: Room) -> Picture | None:
    """None where it cannot be read, and when the page is full."""
    if room.refused:
        return None
    picture = thumbnail(checked.data.source.samples[place], checked.data_loader)
    return picture if picture is not None and room.takes(picture) else None


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
