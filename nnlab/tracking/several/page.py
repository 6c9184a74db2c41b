"""The page of several runs: which is better, curves over one another, the table, what differs in their settings."""

from collections.abc import Iterator, Sequence

from nnlab import __version__
from nnlab.core.quoting import quoted
from nnlab.tracking.pages.page import card, code, contents, facts, folded, page, section, table
from nnlab.tracking.several.curves import MOST, charts
from nnlab.tracking.several.results import heading, shown
from nnlab.tracking.several.table import Compared
from nnlab.tracking.several.verdict import Verdict
from nnlab.tracking.several.words import MEANINGS, TONES, figures, headline, method

FEW = 5
"""Experiments that have room side by side."""

CARDS = 3
"""Verdicts that are told in full at the top; of more there is a table."""

MOST_CELLS = 6

PARTS = {"curves": "Curves", "table": "Results", "settings": "What differs", "verdicts": "Tests", "words": "Words"}


def several_page(compared: Compared, verdicts: Sequence[Verdict]) -> str:
    """The whole document.

    Options:  verdicts: of every experiment but the first, against the first.
    """
    names = " and ".join(group.label for group in compared.groups[:3])
    more = f" and {len(compared.groups) - 3} more" if len(compared.groups) > 3 else ""
    count = len(compared.runs)
    return page(
        f"{names}{more}, side by side" if len(compared.groups) > 1 else names,
        _body(compared, verdicts),
        subtitle=f"{count} run{'' if count == 1 else 's'} of {len(compared.groups)} experiment"
        f"{'' if len(compared.groups) == 1 else 's'}",
        foot=f"Written by nnlab {__version__}. Everything is in this file; it loads nothing.",
    )


def _body(compared: Compared, verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield from _cards(compared, verdicts)
    without = {"verdicts"} if len(verdicts) <= CARDS else set()
    without |= set() if verdicts else {"words"}
    yield contents({anchor: name for anchor, name in PARTS.items() if anchor not in without})
    yield _curves(compared)
    yield _table(compared)
    yield _settings(compared)
    if len(verdicts) > CARDS:
        yield _tests(verdicts)
    if verdicts:
        yield section("What the words mean", facts(MEANINGS, kind="words"), anchor="words")
    commands = "\n".join(f"nnlab report {quoted(run.folder)}" for run in compared.runs)
    yield folded("The page of each run", code(commands, kind="typed"))


def _cards(compared: Compared, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """The answer, where there are two or more; of one experiment over seeds the mean."""
    if len(verdicts) > CARDS:
        said = [f"{capital(headline(found))}: {figures(found)}." for found in verdicts[:12]]
        yield card("Against the first", *said, tone="fair")
        return
    for found in verdicts:
        said = [f"{capital(words)}." for words in (figures(found), method(found))]
        yield card(capital(headline(found)), *said, tone=TONES[found.word])
    if not verdicts:
        group, judge = compared.groups[0], compared.judge
        spread = compared.spread(group, "test") or compared.spread(group, "dev")
        if spread is not None and spread.interval is not None:
            low, high = spread.interval
            words = f"{judge.title} {judge.shown(spread.mean)} over {len(spread.values)} seeds"
            yield card(
                capital(words), f"95% interval of the mean: {judge.shown(low)} to {judge.shown(high)}.", tone="fair"
            )


def capital(words: str) -> str:
    """A sentence as it begins."""
    return f"{words[:1].upper()}{words[1:]}"


def _curves(compared: Compared) -> str:
    bands = any(len(group.runs) > 1 for group in compared.groups)
    intro = "Lines are means over seeds, as far as all seeds go; the bands reach from the lowest to the highest. "
    left = f"Drawn are the first {MOST} experiments." if len(compared.groups) > MOST else ""
    drawn = "".join(charts(compared))
    return section("Curves", f'<div class="pair">{drawn}</div>', intro=(intro if bands else "") + left, anchor="curves")


def _table(compared: Compared) -> str:
    parts = [_upright(compared) if len(compared.groups) <= FEW else _across(compared)]
    if any(len(group.runs) > 1 for group in compared.groups):
        columns = compared.columns
        every = [
            [group.label, run.name, *(shown(key, compared.of(run)[key], compared.judge) for key in columns)]
            for group in compared.groups
            for run in group.runs
        ]
        own = {"experiment": False, "run": False, **{heading(key, compared.judge): True for key in columns}}
        parts.append(folded("Every run by itself", table(own, every)))
    left = [run.name for group in compared.groups for run in group.repeated]
    if left:
        parts.append(f'<p class="soft">{len(left)} more have the seeds of another one, and count once.</p>')
    words = "± is the standard deviation over seeds. Avoidable bias: how many training samples are wrong. "
    words += "Variance: how much better training is than dev. "
    words += "The interval is Wilson's of one run, and of several that of the mean by Student's t."
    return section("Results", *parts, intro=words, anchor="table")


def _upright(compared: Compared) -> str:
    """A column for each experiment: it needs no scrolling."""
    rows = [["runs", *(str(len(group.runs)) for group in compared.groups)]]
    for key in compared.columns:
        rows.append([compared.heading(key), *(compared.cell(group, key) for group in compared.groups)])
        if key == compared.judged:
            rows.append(["its 95% interval", *(compared.interval(group) for group in compared.groups)])
    return table({"figure": False, **_heads(compared, number=True)}, rows)


def _across(compared: Compared) -> str:
    """A row for each experiment."""
    columns = compared.columns
    head = {"experiment": False, "runs": True, **{compared.heading(key): True for key in columns}}
    rows = [
        [group.label, str(len(group.runs)), *(compared.cell(group, key) for key in columns), compared.interval(group)]
        for group in compared.groups
    ]
    return table(head | {f"95% interval of {compared.judged}": True}, rows)


def _heads(compared: Compared, *, number: bool) -> dict[str, bool]:
    """The experiments as columns, whose names are unlike each other and unlike the first column's."""
    own = {"figure", "setting"}
    return {f"{group.label}{' ' if group.label in own else ''}": number for group in compared.groups}


def _settings(compared: Compared) -> str:
    rows = []
    for key, cells in compared.differing.items():
        by_group, at = [], 0
        for group in compared.groups:
            own = list(dict.fromkeys(cells[at : at + len(group.runs)]))
            at += len(group.runs)
            by_group.append(", ".join(own[:MOST_CELLS]) + (", ..." if len(own) > MOST_CELLS else ""))
        rows.append([key, *by_group])
    if not rows:
        return section("What differs", intro="No setting but names and places.", anchor="settings")
    head = {"setting": False, **_heads(compared, number=False)}
    return section("What differs", table(head, rows), intro="Every other setting is the same.", anchor="settings")


def _tests(verdicts: Sequence[Verdict]) -> str:
    intro = "Each against the first. Of twenty comparisons of equals one is expected to say better or worse by chance."
    head = {"": False, "against": False, "word": False, "figures": False, "method": False}
    rows = [[found.labels[1], found.labels[0], found.word, figures(found), method(found)] for found in verdicts]
    return section("Tests", table(head, rows), intro=intro, anchor="verdicts")
