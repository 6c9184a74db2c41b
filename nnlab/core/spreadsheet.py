"""Tables with commas between, for programs and spreadsheets alike."""

from nnlab.core.printing import printable

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a formula starts with, in letters of full width too: a spreadsheet would run what such a name says."""

SEPARATORS = frozenset(",;|\"'")
"""What some spreadsheet takes for the end of a cell, or for a quote."""


def cell(text: str, *, quoted: bool = False) -> str:
    """A text as one cell: printable, and never a formula: an apostrophe says that it is text.

    Options:  quoted: whether it stands in quotes where there is no need, too.
    """
    shown = printable(text)
    if shown.lstrip().startswith(FORMULA):
        shown = f"'{shown}"
    if not quoted and SEPARATORS.isdisjoint(shown) and shown == shown.strip():
        return shown
    doubled = shown.replace('"', '""')
    return f'"{doubled}"'
