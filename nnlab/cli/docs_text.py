"""What `nnlab docs` prints: verdicts as a table, and lines of pages that are not what was measured."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from nnlab.claims.check import Checked
from nnlab.claims.verdict import Verdict

MOST = 8
"""Lines of a page's tables that are shown."""


def checked_text(pages: Sequence[Checked], *, quiet: bool = False, written: bool = False) -> str:
    """Each page's verdicts, then what does not agree.  Options:  written: lines were rewritten, and are no news."""
    lines = []
    for each in pages:
        rows = [found for found in each.verdicts if not (quiet and found.agrees)]
        lines += [f"{each.page.path}:{found.claim.line}: {_row(found)}" for found in rows]
        lines += [] if written else _differing(each)
    words = Counter(found.word for each in pages for found in each.verdicts)
    claims = ", ".join(f"{count} {word}" for word, count in words.most_common()) or "no claims"
    apart = sum(not found.agrees for each in pages for found in each.verdicts)
    tables = 0 if written else sum(len(each.differing) for each in pages)
    said = f"{len(pages)} page{'s' if len(pages) != 1 else ''}: {claims}"
    said += f"; {apart} not as the page says" if apart else ""
    said += f"; {tables} lines of tables differ" if tables else ""
    return "\n".join([*lines, *([] if quiet and not apart and not tables else [said])])


def _differing(each: Checked) -> list[str]:
    """Lines of tables that are not what was measured: old and new, the first of them."""
    lines = []
    for line in each.differing[:MOST]:
        old, new = ("nothing" if text is None else repr(text) for text in (line.old, line.new))
        lines.append(f"{each.page.where(line.line)}: the table says {old}, measured is {new}")
    more = len(each.differing) - MOST
    return [*lines, f"{each.page.path}: {more} more lines of tables differ"] if more > 0 else lines


def _row(found: Verdict) -> str:
    claim = found.claim
    said = "" if found.agrees else f" (the page says: {claim.says})"
    figures = f"; {found.figures}" if found.figures else ""
    return f"{claim.name}: {found.word}{said}: {claim.text}{figures}; {found.why}"


def document_of(each: Checked, *, written: bool = False) -> dict[str, Any]:
    """A page as JSON."""
    differing = () if written else each.differing
    return {
        "page": str(each.page.path),
        "agrees": all(found.agrees for found in each.verdicts) and not differing,
        "claims": [
            {
                "claim": found.claim.name, "line": found.claim.line, "text": found.claim.text, "verdict": found.word,
                "page_says": found.claim.says, "agrees": found.agrees, "measured": found.figures, "by": found.why,
            }
            for found in each.verdicts
        ],
        "differing": [{"line": line.line, "old": line.old, "new": line.new} for line in differing],
    }  # fmt: skip
