"""A page of Markdown: its runs and claims, in fenced blocks, and the tables that stand between markers.

```nnlab runs                                    ```nnlab claims
adam = train --optimizer=Adam   # Adam           F8  dev_accuracy(adam) > dev_accuracy(plain)
```                                              ```
<!-- nnlab table adam plain: training dev --> ... <!-- end -->      <!-- nnlab verdicts --> ... <!-- end -->
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nnlab.claims.grammar import Claim, claim_of
from nnlab.core.errors import DataError, NnlabError, UsageError, as_one
from nnlab.core.printing import printable
from nnlab.core.reading import read_text

FENCE = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})\s*(?P<info>.*?)\s*$")
MARKER = re.compile(r"^<!--\s*nnlab\s+(?P<kind>\w+)\s*(?P<rest>.*?)\s*-->\s*$")
END = re.compile(r"^<!--\s*end\s*-->\s*$")
RUN = re.compile(r"^(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<command>\S.*)$")
BLOCKS = ("runs", "claims")

REPORTED = "reported"
"""What stands for a command where somebody else's figures are given: `theirs = reported dev_accuracy=94%`."""


@dataclass(frozen=True)
class PageRun:
    """A run that the page names.  Options:  words: the command, such as train --model=NLayers.  label: for tables."""

    name: str
    words: tuple[str, ...]
    line: int
    label: str = ""

    @property
    def reported(self) -> bool:
        """Whether its figures are somebody else's."""
        return self.words[:1] == (REPORTED,)

    @property
    def command(self) -> str:
        """As one line."""
        return shlex.join(self.words)


@dataclass(frozen=True)
class Region:
    """Lines between two markers.  Options:  first, last: those of the markers, from 0.  rest: what its marker says."""

    kind: str
    rest: str
    first: int
    last: int


@dataclass
class Page:
    """What was read.  Options:  lines: all of it, without line ends.  end: that of each line."""

    path: Path
    lines: list[str]
    runs: dict[str, PageRun] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    mistakes: list[NnlabError] = field(default_factory=list)
    end: str = "\n"

    @property
    def judges(self) -> bool:
        """Whether there is anything of it to run or to check."""
        return bool(self.runs or self.claims or self.regions or self.mistakes)

    def where(self, line: int) -> str:
        """A place, lines counted from 1."""
        return f"{printable(self.path)}:{line}"

    def mistake(self, line: int, what: str, hint: str | None = None) -> None:
        """Notes a mistake of the page."""
        self.mistakes.append(UsageError(what, where=self.where(line), hint=hint))

    def written(self, regions: Mapping[int, list[str]]) -> str:
        """The page with new lines between these markers, by the line of the first."""
        lines, at = [], 0
        for region in self.regions:
            lines += self.lines[at : region.first + 1]
            lines += regions.get(region.first, self.lines[region.first + 1 : region.last])
            at = region.last
        return self.end.join([*lines, *self.lines[at:]]) + self.end


def read_page(path: Path) -> Page:
    """A page and its mistakes.  Raises DataError: when it cannot be read."""
    try:
        text = read_text(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(f"cannot be read ({reason})", where=printable(path), hint="name a Markdown page") from None
    end = "\r\n" if 0 < text.count("\n") == text.count("\r\n") else "\n"  # as Git writes it on Windows
    page = Page(path, text.split(end)[: -1 if text.endswith(end) else None], end=end)
    for kind, number, line in _lines_of_blocks(page):
        try:
            _read_run(page, number, line) if kind == "runs" else _read_claim(page, number, line)
        except UsageError as error:
            page.mistake(number, error.what, error.hint)
    return page


def refuse_mistakes(pages: list[Page]) -> None:
    """Raises Mistakes: those of all pages together."""
    if mistakes := [mistake for page in pages for mistake in page.mistakes]:
        raise as_one(mistakes)


def _lines_of_blocks(page: Page) -> Iterator[tuple[str, int, str]]:
    """Every line of nnlab's blocks, its kind and its number; the markers are noted on the way."""
    fence, kind, opened, marker = "", "", 0, None
    joined, first = "", 0
    for at, line in enumerate(page.lines):
        found = FENCE.match(line)
        if fence:
            if found and found["fence"].startswith(fence) and not found["info"]:
                if joined:
                    page.mistake(first, "ends with \\, and nothing follows")
                fence, kind, joined = "", "", ""
            elif kind:
                first = first if joined else at + 1
                joined += line.strip()
                if joined.endswith("\\"):
                    joined = joined[:-1].rstrip() + " "
                    continue
                if joined and not joined.startswith("#"):
                    yield kind, first, joined
                joined = ""
        elif found:
            fence, opened = found["fence"], at
            kind = _kind_of(page, at, found["info"])
        elif END.match(line):
            if marker is None:
                continue  # an end of somebody else's
            page.regions.append(Region(*marker, at))
            marker = None
        elif found := MARKER.match(line):
            marker = _opened(page, at, found, marker)
    if fence and kind:
        page.mistake(opened + 1, "this block has no end", "close it with ```")
    if marker is not None:
        page.mistake(marker[2] + 1, "has no <!-- end -->", "add one after the table")


def _kind_of(page: Page, at: int, info: str) -> str:
    """Which of nnlab's blocks begins; none of another language."""
    words = info.split()
    if not words or words[0] != "nnlab":
        return ""
    if len(words) == 2 and words[1] in BLOCKS:
        return words[1]
    page.mistake(at + 1, f"no block {printable(info)!r}", "there are ```nnlab runs and ```nnlab claims")
    return ""


def _opened(
    page: Page, at: int, found: re.Match[str], before: tuple[str, str, int] | None
) -> tuple[str, str, int] | None:
    if before is not None:
        page.mistake(before[2] + 1, "has no <!-- end --> before the next one", "add one after the table")
    if found["kind"] not in ("table", "verdicts"):
        page.mistake(
            at + 1, f"no marker nnlab {found['kind']}", "there are nnlab table RUN...: MEASURE..., nnlab verdicts"
        )
        return None
    return found["kind"], found["rest"], at


def _read_run(page: Page, number: int, line: str) -> None:
    """`name = command   # label`"""
    found = RUN.match(line)
    if found is None:
        raise UsageError(f"is no run: {line[:40]!r}", hint="write NAME = train --model=NLayers ...   # its label")
    command, _, label = found["command"].partition(" # ")
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise UsageError(f"run {found['name']}: cannot be split into words ({error})") from None
    if words and words[0] == "nnlab":
        words = words[1:]
    if found["name"] in page.runs:
        raise UsageError(f"names the run {found['name']} again, after line {page.runs[found['name']].line}")
    page.runs[found["name"]] = PageRun(found["name"], words, number, label.strip())


def _read_claim(page: Page, number: int, line: str) -> None:
    claim = claim_of(line, number)
    if same := next((other for other in page.claims if other.name == claim.name), None):
        raise UsageError(f"names the claim {claim.name} again, after line {same.line}")
    page.claims.append(claim)
