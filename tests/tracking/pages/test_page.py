"""The parts of a page."""

import base64
import re
from importlib.resources import files

from nnlab.tracking.pages.page import card, code, download, facts, folded, page, section, table, values

EVIL = '<b>&"'
SAFE = "&lt;b&gt;&amp;&quot;"


def test_text_is_escaped_everywhere() -> None:
    made = [
        page(EVIL, [], subtitle=EVIL, foot=EVIL),
        section(EVIL, intro=EVIL),
        card(EVIL, EVIL, tone="good"),
        facts({EVIL: EVIL}),
        table({EVIL: False}, [(EVIL,)]),
        folded(EVIL),
        code(EVIL),
        download(EVIL, b"", EVIL),
    ]
    for html in made:
        assert EVIL not in html
        assert SAFE in html


def test_a_page_has_its_styles_and_script_and_loads_nothing() -> None:
    html = page("title", ["<p>body</p>"])
    assert html.startswith("<!doctype html>") and "<p>body</p>" in html
    for name in ("page.css", "chart.css", "hover.js"):
        text = (files("nnlab.tracking.pages") / name).read_text(encoding="utf-8")
        assert text in html
        assert "</" not in text.replace("</script>", "") or name.endswith(".js")
    assert "default-src 'none'" in html
    assert not re.search(r"(src|href)=", html)


def test_dark_and_print_are_thought_of() -> None:
    html = page("title", [])
    assert html.count("prefers-color-scheme: dark") == 3 and "@media print" in html


def test_a_download_holds_the_file() -> None:
    html = download("a.csv", b"a,b\n", "a table")
    found = re.search(r'base64,([^"]+)"', html)
    assert found is not None and base64.b64decode(found[1]) == b"a,b\n"


def test_the_values_of_a_chart_cannot_end_their_script() -> None:
    assert "</script><b>" not in values({"rows": ["</script><b>"]})
