"""A run's report made live: a line at the top that says how far it is, and what takes over the parts that change."""

import json
from collections.abc import Sequence
from pathlib import Path

from nnlab.tracking.pages.page import POLICY, card, page

HERE = Path(__file__).parent

LISTENING = f"{POLICY}; connect-src 'self'"
"""What a report may load, and the events of its own server."""

BAR = """<div id="live" role="region" aria-label="how far the training is" data-status="waits">
<span id="live-words">waits for the training</span><nav id="live-runs" aria-label="runs of this command"></nav></div>"""


def live_page(report: str, place: Sequence[int]) -> str:
    """A report with the line and the script in it. Options:  place: number and version of the run that it shows."""
    style = (HERE / "live.css").read_text(encoding="utf-8")
    script = (HERE / "live.js").read_text(encoding="utf-8")
    shown = report.replace(POLICY, LISTENING, 1).replace("</head>", f"<style>\n{style}</style>\n</head>", 1)
    before, main, after = shown.replace("<body>", f"<body>\n{BAR}", 1).rpartition("</main>")
    # right behind the parts: what they are is noted before the report's own script changes them
    return f"{before}{main}\n<script>\n{{ const place = {json.dumps(list(place))};\n{script}}}</script>{after}"


def waiting_page(what: str) -> str:
    """What is shown before there is a report."""
    said = "Its pictures are being prepared. This page changes by itself when the first epoch begins."
    return page(what, [card("The training has not begun", said, tone="fair")])
