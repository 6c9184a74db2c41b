"""HTML for notebooks: whatever is in a text, it stays text."""

from html.parser import HTMLParser

from nnlab.core.escaped import escape
from nnlab.core.notebook import shown, small_chart, table

HOSTILE = "<img src=x onerror=alert(1)>\"'&\x1b[2J\u202e"


class Tags(HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def test_text_from_outside_makes_no_tag() -> None:
    page = shown(HOSTILE, table((HOSTILE, "b"), [(HOSTILE, HOSTILE)]), small_chart({HOSTILE: [1.0, 2.0]}), note=HOSTILE)
    found = Tags(page)
    assert "img" not in found.tags and {"table", "svg", "strong"} <= set(found.tags)
    assert "<img src=x onerror=alert(1)>" in found.words
    assert "\x1b" not in page and "\u202e" not in page
    assert escape("\x1b[2J") == "\\x1b[2J"


def test_no_colour_is_fixed_but_a_line_that_shows_on_light_and_dark() -> None:
    page = shown("t", table(("a", "b"), [("1", "2")]), small_chart({"x": [1, 2]}))
    assert "#" not in page and "black" not in page and "white" not in page
    assert "currentColor" in page and "rgba(128,128,128,.4)" in page


def test_a_chart_goes_from_the_first_value_to_the_last() -> None:
    chart = small_chart({"loss": [2.0, 1.0, 0.0]})
    assert 'points="2.0,2.0 110.0,24.0 218.0,46.0"' in chart  # high values above
    assert small_chart({"loss": [1.0]}) == "" and small_chart({}) == ""
    assert 'points="2.0,46.0 218.0,46.0"' in small_chart({"flat": [3.0, 3.0]})
