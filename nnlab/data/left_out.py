"""Files that lie among pictures and are none by their names: not read, and not left out in silence."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence

COMPANY = ("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "dataset.toml", "readme", "licence", "license")
"""How names begin of what everybody knows is no picture."""

NAMED = 3
"""How many of them a line names; the others are counted."""


def strangers(names: Iterable[str]) -> Iterable[str]:
    """Those names that nobody expects beside pictures."""
    return filter(is_stranger, names)


def is_stranger(name: str) -> bool:
    """Whether nobody expects a file of this name beside pictures."""
    return not name.lower().startswith(COMPANY)


def first_of(told: Sequence[str], between: str = ", ") -> str:
    """The first few of them in a line, and how many more there are."""
    more = f" and {len(told) - NAMED} more" if len(told) > NAMED else ""
    return between.join(told[:NAMED]) + more


def left_out_line(sources: Sequence[str]) -> str | None:
    """How many files there are, of which endings, and the first of them; None where there are none."""
    if not sources:
        return None
    endings = Counter(os.path.splitext(source)[1].lower() or "without an ending" for source in sources)  # noqa: PTH122
    kinds = ", ".join(f"{count} {ending}" for ending, count in endings.most_common(NAMED))
    kinds += ", ..." if len(endings) > NAMED else ""
    one = "1 file is no picture by its name and is"
    are = one if len(sources) == 1 else f"{len(sources):,} files are no pictures by their names and are"
    return f"{are} left out ({kinds}): {first_of(sources)}"
