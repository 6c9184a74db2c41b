"""The skeleton of a page, and the parts that it is put together from. Everything takes text and returns HTML."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nnlab.core.escaped import escape
from nnlab.core.printing import printable

HERE = Path(__file__).parent
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
"""What a page may load: nothing."""
STYLES, SCRIPTS = ("page.css", "chart.css", "parts.css"), ("hover.js", "zoom.js")
SHORT = 32
"""Letters of a cell of a table that is not broken into lines."""


def page(title: str, body: Iterable[str], *, subtitle: str = "", foot: str = "") -> str:
    """A whole document: the style sheets and the script are in it, so that it opens from anywhere, also offline.

    Options:  title, subtitle, foot: text.  body: HTML.
    """
    styles = "".join((HERE / name).read_text(encoding="utf-8") for name in STYLES)
    script = "".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)
    below = f'<p class="soft">{escape(subtitle)}</p>\n' if subtitle else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{escape(title)}</title>\n<style>\n{styles}</style>\n</head>\n<body>\n"
        f"<header>\n<h1>{escape(title)}</h1>\n{below}</header>\n<main>\n"
        + "\n".join(body)
        + f'\n</main>\n<footer><p>{escape(foot)}</p></footer>\n<div id="tip" role="status" hidden></div>\n'
        f"<script>\n{script}</script>\n</body>\n</html>\n"
    )


class Html(str):
    """Text that is HTML already: `table` and the other parts take it as it is."""

    __slots__ = ()


def text(value: str) -> str:
    """HTML as it is, and any other text as it reads."""
    return value if isinstance(value, Html) else escape(value)


def link(words: str, anchor: str) -> Html:
    """Words that lead to a part of the same page. Options:  anchor: its id, one of nnlab's own, never a name."""
    return Html(f'<a href="#{anchor}">{escape(words)}</a>')


def section(heading: str, *body: str, intro: str = "", anchor: str = "") -> str:
    """A part of a page under a heading, with a sentence or two of text before its HTML.

    Options:  anchor: its id, that links lead to.
    """
    words = f'<p class="soft">{text(intro)}</p>\n' if intro else ""
    own = f' id="{anchor}"' if anchor else ""
    return f"<section{own}>\n<h2>{escape(heading)}</h2>\n{words}" + "\n".join(body) + "\n</section>"


def contents(parts: Mapping[str, str]) -> str:
    """Links to the parts of a page. Options:  parts: anchors, and what they are called."""
    links = "".join(f'<li><a href="#{anchor}">{escape(name)}</a></li>' for anchor, name in parts.items())
    return f'<nav class="contents" aria-label="On this page"><ul>{links}</ul></nav>'


def card(word: str, *sentences: str, tone: str) -> str:
    """What matters most, in a frame. Options:  tone: "good", "fair", "warn" or "bad"."""
    paragraphs = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences if sentence)
    return f'<div class="card {tone}"><strong class="word">{escape(word)}</strong>{paragraphs}</div>'


def facts(found: Mapping[str, str], *, kind: str = "facts") -> str:
    """Names and what they are. Options:  kind: "facts", side by side, or "words", one below the other."""
    pairs = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in found.items())
    return f'<dl class="{kind}">{pairs}</dl>'


def table(head: Mapping[str, bool], rows: Iterable[Sequence[str]]) -> str:
    """Rows of text, or Html, under a head. Options:  head: the columns' names, and whether each holds numbers."""
    classes = [' class="number"' if number else "" for number in head.values()]
    top = "".join(f'<th scope="col"{kind}>{escape(name)}</th>' for name, kind in zip(head, classes, strict=True))
    lines = ("".join(_cell(cell, kind) for cell, kind in zip(row, classes, strict=True)) for row in rows)
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    holder = '<div class="wide" tabindex="0" role="group" aria-label="table">'
    return f"{holder}<table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}</tbody></table></div>"


def _cell(words: str, kind: str) -> str:
    """What is short stays on one line."""
    short = ' class="short"' if len(words) <= SHORT else ""
    return f"<td{kind or short}>{text(words)}</td>"


def folded(summary: str, *body: str, shown: bool = False) -> str:
    """What is shown when its summary is clicked. Options:  shown: from the start, and folded away by a click."""
    return f"<details{' open' if shown else ''}><summary>{escape(summary)}</summary>\n" + "\n".join(body) + "</details>"


def code(typed: str, *, kind: str = "") -> str:
    """Text as it was typed. Options:  kind: "typed" wraps long lines."""
    scrolled = "" if kind else ' tabindex="0"'
    return f'<pre class="{kind}"{scrolled}>{escape(typed)}</pre>'


def download(name: str, content: bytes, label: str, *, media_type: str = "text/plain") -> str:
    """A link that saves a file which is in the page itself."""
    data = base64.b64encode(content).decode()
    return f'<a class="button" download="{escape(name)}" href="data:{media_type};base64,{data}">{escape(label)}</a>'


def values(chart: Mapping[str, Any]) -> str:
    """What hover.js reads of a chart, see there."""
    named = {key: [printable(name) for name in chart[key]] for key in ("rows", "columns") if key in chart}
    data = json.dumps({**chart, **named}, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" class="values">{data}</script>'
