"""What a notebook shows of an object: a little HTML with its styles in it, in the notebook's own colours.

Whether a notebook is light or dark is not known here, so letters have the colour that is around them, and lines one
that shows on both.
"""

from collections.abc import Iterable, Mapping, Sequence

from nnlab.core.escaped import escape

LINE = "rgba(128,128,128,.4)"
NUMBERS = "font-variant-numeric:tabular-nums;text-align:right"

WIDTH, HEIGHT = 220, 48
"""Of a small chart, in pixels."""


def shown(title: str, *parts: str, note: str = "") -> str:
    """A title, HTML below it, and a line in a softer tone."""
    soft = f'<div style="opacity:.7">{escape(note)}</div>' if note else ""
    inside = "\n".join(part for part in parts if part)
    return f'<div style="line-height:1.5;overflow-x:auto"><strong>{escape(title)}</strong>{soft}\n{inside}</div>'


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> str:
    """Rows of text. Options:  words: how many columns are words; the others are numbers, to the right."""
    styles = [f"padding:2px 12px 2px 0;{'text-align:left' if place < words else NUMBERS}" for place in range(len(head))]
    top = "".join(
        f'<th scope="col" style="{style};border-bottom:1px solid {LINE};font-weight:600">{escape(cell)}</th>'
        for cell, style in zip(head, styles, strict=True)
    )
    lines = [
        "".join(f'<td style="{style}">{escape(cell)}</td>' for cell, style in zip(row, styles, strict=True))
        for row in rows
    ]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return (
        '<table style="border-collapse:collapse;border:none;margin:4px 0;background:none">'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    )


def small_chart(lines: Mapping[str, Sequence[float]]) -> str:
    """Lines from the first epoch to the last, the first whole and the others dashed; nothing for fewer than two points.

    Options:  lines: finite values by name.
    """
    every = [value for values in lines.values() for value in values]
    longest = max((len(values) for values in lines.values()), default=0)
    if longest < 2:
        return ""
    low, span = min(every), (max(every) - min(every)) or 1.0
    drawn = []
    for place, (name, values) in enumerate(lines.items()):
        points = " ".join(
            f"{2 + (WIDTH - 4) * at / (longest - 1):.1f},{2 + (HEIGHT - 4) * (1 - (value - low) / span):.1f}"
            for at, value in enumerate(values)
        )
        dash = ' stroke-dasharray="4 3"' if place else ""
        drawn.append(
            f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="1.5"{dash}>'
            f"<title>{escape(name)}</title></polyline>"
        )
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg {size} role="img" aria-label="{escape(" and ".join(lines))}">{"".join(drawn)}</svg>'
