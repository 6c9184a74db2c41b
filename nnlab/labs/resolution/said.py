"""Sentences that the resolution lab says in more than one place."""

from collections.abc import Mapping

from nnlab.labs.resolution.scored import Against
from nnlab.labs.resolution.sizes import Suggested, named
from nnlab.labs.resolution.subject import Subject
from nnlab.tracking.judged import Judge
from nnlab.tracking.several.words import shown_p

APART = 0.02
"""Two points: how far running statistics and such as are taken anew may be apart before it is said."""

BOOKS = "So much between two runs may be bookkeeping alone."


def first_line(subject: Subject, found: Suggested) -> str:
    """What the run's crops suggest."""
    if found.linear >= 1:
        return (
            f"{subject.trained.run.name} learnt from whole pictures: nothing was enlarged (sigma {found.linear:.2f}), "
            "so no other size is suggested."
        )
    return (
        f"{subject.trained.run.name} learnt from crops whose linear sigma is {found.linear:.3f} (they show "
        f"{found.area:.3f} of the area): things are as large as in training at {named(found.by_linear)}, where the "
        f"share of the area, taken for it, would say {named(found.by_area)}."
    )


def shown_share(held: Against) -> str:
    """(lost 13, won 220, p < 0.0001)"""
    counts = "" if held.lost is None else f"lost {held.lost}, won {held.won}, "
    return "" if held.found.p is None else f" ({counts}p {shown_p(held.found.p)})"


def about_statistics(figures: Mapping[str, tuple[float, float | None]], judge: Judge, so: str = BOOKS) -> list[str]:
    """Where BatchNorm's running statistics and such as are taken anew are more than two points apart.

    Options:  figures: with the ones and with the others; None: there are no others.  so: what follows from that.
    """
    if not judge.is_share:
        return []
    found = [
        f"{name} ({judge.apart(anew - running)} anew)"
        for name, (running, anew) in figures.items()
        if anew is not None and abs(running - anew) > APART
    ]
    if not found:
        return []
    words = f"BatchNorm's statistics alone make more than 2 points: {', '.join(found)}"
    return [f"{words}. {so}"]
