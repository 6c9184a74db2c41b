"""What is read of a page, and everything that is wrong with one, by line."""

from pathlib import Path

import pytest

from nnlab.claims.check import prepared
from nnlab.claims.page import read_page, refuse_mistakes
from nnlab.core.errors import DataError, NnlabError

PAGE = """# A page

```nnlab runs
adam  = train --model=NLayers --layers="8, 8" \\
        --optimizer=Adam   # Adam, of course
plain = nnlab train --optimizer=Constant
# a remark
```

    ```nnlab runs
    shown = train
    ```

```bash
<!-- nnlab table in code is no marker -->
```

```nnlab claims

F8  dev_accuracy(adam) > dev_accuracy(plain)
```

<!-- nnlab table adam plain: training accuracy(3, dev) -->
| old |
<!-- end -->

<!-- end -->
"""


def a_page(folder: Path, text: str) -> Path:
    path = folder / "page.md"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(folder: Path, text: str) -> list[str]:
    page = read_page(a_page(folder, text))
    with pytest.raises(NnlabError) as raised:
        prepared([page], ("train", "bench"))
    assert raised.value.exit_code == 2
    return str(raised.value).replace(f"{folder}/", "").split("\n")


def test_runs_claims_and_markers_are_read_with_their_lines(tmp_path: Path) -> None:
    page = read_page(a_page(tmp_path, PAGE))
    assert page.mistakes == []
    assert list(page.runs) == ["adam", "plain"]
    adam = page.runs["adam"]
    assert adam.words == ("train", "--model=NLayers", "--layers=8, 8", "--optimizer=Adam")
    assert (adam.line, adam.label) == (4, "Adam, of course")
    assert page.runs["plain"].words[0] == "train"
    assert [(claim.name, claim.line) for claim in page.claims] == [("F8", 20)]
    (region,) = page.regions
    assert (page.lines[region.first][:10], page.lines[region.last]) == ("<!-- nnlab", "<!-- end -->")


def test_only_what_lies_between_markers_is_written(tmp_path: Path) -> None:
    page = read_page(a_page(tmp_path, PAGE))
    written = page.written({page.regions[0].first: ["", "| new |", ""]})
    assert written == PAGE.replace("| old |\n", "\n| new |\n\n")
    assert page.written({}) == PAGE


def test_lines_end_as_they_did(tmp_path: Path) -> None:
    """Git on Windows ends every line of a page with both."""
    path = tmp_path / "page.md"
    path.write_bytes(PAGE.replace("\n", "\r\n").encode())
    page = read_page(path)
    assert page.lines == PAGE.split("\n")[:-1] and page.mistakes == []
    written = page.written({page.regions[0].first: ["", "| new |", ""]})
    assert written == PAGE.replace("| old |\n", "\n| new |\n\n").replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```nnlab run\n```\n", "page.md:1: no block 'nnlab run'; there are ```nnlab runs and ```nnlab claims"),
        ("```nnlab runs\na = train\n", "page.md:1: this block has no end; close it with ```"),
        ("```nnlab runs\na train\n```\n", "page.md:2: is no run: 'a train'; write NAME = train"),
        ("```nnlab runs\na = train\na = train\n```\n", "page.md:3: names the run a again, after line 2"),
        ("```nnlab runs\na = train 'x\n```\n", "page.md:2: run a: cannot be split into words (No closing quotation)"),
        ("```nnlab runs\na = train \\\n```\n", "page.md:2: ends with \\, and nothing follows"),
        ("<!-- nnlab tabel a: dev -->\n<!-- end -->\n", "page.md:1: no marker nnlab tabel; there are nnlab table RUN"),
        ("<!-- nnlab verdicts -->\n", "page.md:1: has no <!-- end -->; add one after the table"),
        ("<!-- nnlab table a -->\n<!-- end -->\n", "page.md:1: asks for no table; write <!-- nnlab table RUN"),
        ("```nnlab runs\na = rm -rf x\n```\n", "page.md:2: run a: no command 'rm'; there are train, bench, reported"),
        ("```nnlab runs\na = trian\n```\n", "page.md:2: run a: no command 'trian'; did you mean train?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    assert any(line.startswith(said) for line in mistakes(tmp_path, text))


def test_all_unknown_names_are_said_at_once_with_the_nearest(tmp_path: Path) -> None:
    text = PAGE.replace("dev_accuracy(plain)", "dev_acuracy(plain)").replace("table adam plain", "table adm plain")
    text = text.replace(
        "F8  dev", "F7  seconds(adam) > 90%\nF6 accuracy(adam, 0, deb) > 1\nF5 weights(adam) < 2\nF8  dev"
    )
    assert mistakes(tmp_path, text) == [
        "page.md:20: claim F7: holds seconds against share",
        "page.md:21: accuracy(adam, 0, deb): an epoch is a whole number from 1 on, got '0'",
        "page.md:21: accuracy(adam, 0, deb): no partition 'deb'; did you mean dev?",
        "page.md:22: claim F5: bytes are equal or not; write ==",
        "page.md:23: no measure 'dev_acuracy'; did you mean dev_accuracy or accuracy or test_accuracy?",
        "page.md:26: no run 'adm'; did you mean adam?",
    ]


def test_a_page_that_is_none_is_said(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.md"):
        with pytest.raises(DataError):
            read_page(path)
    (tmp_path / "latin.md").write_bytes(b"\xe9\xff")
    with pytest.raises(DataError, match="cannot be read"):
        read_page(tmp_path / "latin.md")
    refuse_mistakes([read_page(a_page(tmp_path, "# Nothing to judge\n"))])
