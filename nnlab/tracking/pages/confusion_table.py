"""Who was taken for whom: a table whose cells lead to pictures."""

from collections.abc import Iterator, Mapping

from nnlab.core.escaped import escape
from nnlab.tracking.confusion import Confusion
from nnlab.tracking.sheet import short

SHADES = 5
"""Of each hue; chart.css has a colour for each."""


def confusion_table(confusion: Confusion, links: Mapping[tuple[int, int], str] | None = None, *, note: str = "") -> str:
    """Actual classes down, predicted ones across; what is right in blue, mistakes in orange, by share of their row.

    Options:  links: by (row, column), the anchor that a cell leads to.  note: what else is to be known, above it.
    """
    names = confusion.classes
    heads = "".join(f'<th scope="col" title="{escape(name)}"><span>{escape(short(name))}</span></th>' for name in names)
    said = f" · {escape(note)}" if note else ""
    rows = "\n".join(_rows(confusion, links or {}))
    return (
        f'<p class="soft">rows: what they are · columns: what they were taken for{said}</p>'
        '<div class="wide" tabindex="0" role="group" aria-label="confusions"><table class="confusion">\n'
        f'<thead><tr><td></td>{heads}<th scope="col" class="sum"><span>all</span></th></tr></thead>\n'
        f"<tbody>\n{rows}</tbody></table></div>"
    )


def _rows(confusion: Confusion, links: Mapping[tuple[int, int], str]) -> Iterator[str]:
    for row, name in enumerate(confusion.classes):
        counts = confusion.counts[row]
        total = int(counts.sum())
        cells = "".join(
            _cell(int(counts[column]), total, row == column, links.get((row, column)))
            for column in range(len(confusion.classes))
        )
        head = f'<th scope="row" title="{escape(name)}">{escape(short(name))}</th>'
        yield f'<tr>{head}{cells}<td class="sum">{total:,}</td></tr>'


def _cell(count: int, total: int, is_right: bool, anchor: str | None) -> str:
    if not count:
        return '<td class="none"></td>'
    shade = min(int(count / total * SHADES), SHADES - 1)
    kind = f"{'right' if is_right else 'wrong'} s{shade}"
    words = f"{count:,}"
    return f'<td class="{kind}">{words if anchor is None else _linked(words, anchor)}</td>'


def _linked(words: str, anchor: str) -> str:
    return f'<a href="#{anchor}">{words}</a>'
