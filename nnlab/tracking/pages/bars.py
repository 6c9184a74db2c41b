"""Amounts as bars, each with its name and figure: a table that is read without colours too."""

from collections.abc import Sequence

from nnlab.core.escaped import escape
from nnlab.tracking.pages.page import Html, table


def bars(rows: Sequence[tuple[str, float, str]], *, name: str, amount: str, color: str = "c0") -> str:
    """A table of names, bars as long as their amounts, and the amounts in words. Options:  name, amount: its heads."""
    most = max((value for _, value, _ in rows), default=0.0) or 1.0
    lines = [(what, bar(value / most, color), words) for what, value, words in rows]
    return table({name: False, "": False, amount: True}, lines)


def bar(share: float, color: str = "c0") -> Html:
    """A bar of a share of its cell."""
    length = min(max(share, 0.0), 1.0) * 100
    return Html(f'<span class="bar"><i class="{escape(color)}" style="width:{length:.1f}%"></i></span>')
