"""report.html of a run, as a browser would take it."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from nnlab.core.errors import DataError
from nnlab.tracking.report.recorded import FILES
from nnlab.tracking.report.report import REPORT, run_page, write_report
from nnlab.tracking.run import read_run

Maker = Callable[..., Path]
EMPTY = {"meta", "link", "br", "img", "input", "hr"}
EVIL = '</script></title><img src="x" onerror=alert(1)>\u202e\x1b[31m'


class Page(HTMLParser):
    """Holds that every tag is closed and every link within the page leads somewhere; keeps what there is to read."""

    def __init__(self, html: str):
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)
        self.close()
        assert self.open == [] and len(self.ids) == len(set(self.ids))
        inner = [link for link in self.links if link.startswith("#")]
        assert [link for link in inner if link[1:] not in self.ids] == []
        assert all(link.startswith(("#", "data:")) for link in self.links)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            assert not name.startswith("on"), (tag, name)
            if name == "id":
                self.ids.append(value or "")
            if name in {"href", "src", "srcset", "action"}:
                self.links.append(value or "")
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"style", "script"}:
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


def page_of(folder: Path) -> Page:
    return Page(run_page(read_run(folder)))


def test_a_whole_run_is_told_from_its_result_to_its_commands(made: Maker) -> None:
    page = page_of(made())
    assert "67.5% of 114 test pictures were named right (77 of them)" in page.words
    assert "between 58.5% and 75.4% with 95% confidence (Wilson). Chance is 10.5%" in page.words
    assert "early stop, epoch 4" in page.words and "best, epoch 3" in page.words
    assert "dev is 20 points worse than training" in page.words
    assert "cat is dog sure to 95.0% · loss 3.2 4.png" in page.words
    assert "nnlab train --resume=runs/20260101-000000-main-1 --epochs=8" in page.words
    assert "2 of 16: 3, 11" in page.words  # dead units by their numbers
    assert "model.name NLayers OneLayer" in page.words and "optimizer.learning_rate 0.002 0.001" in page.words
    assert "6,928 numbers learn; a sample takes 6,912 multiply-adds" in page.words
    assert "backward passes 90 MiB" in page.words and "backward passes 40 s" in page.words
    assert "Not recorded" not in page.words


@pytest.mark.parametrize(("each", "said"), [(1647.5, "1,648"), (30.85, "30.9"), (0.0123, "0.0123")])
def test_parameters_for_each_sample_are_a_number_that_people_write(made: Maker, each: float, said: str) -> None:
    summary = json.dumps({"parameters": 121_914, "params_per_sample": each})
    assert f"121,914, {said} for each training sample" in page_of(made({"summary.json": summary})).words


def test_cells_of_the_table_lead_to_their_pictures(made: Maker) -> None:
    html = run_page(read_run(made()))
    assert '<td class="wrong s2"><a href="#cell-0">1</a></td>' in html and '<figure id="cell-0"' in html
    Page(html)


def test_it_is_written_beside_the_records_and_again(made: Maker) -> None:
    folder = made()
    path = write_report(folder)
    first = path.read_bytes()
    assert path == folder.resolve() / REPORT and len(first) < 200_000
    assert write_report(folder).read_bytes() == first


@pytest.mark.parametrize("file", [name for name in FILES if name != "config.toml"])
def test_any_file_may_be_missing(made: Maker, file: str) -> None:
    page = page_of(made({file: None}))
    assert "NLayers on blobs" in page.words


def test_an_empty_run_says_what_it_is(made: Maker) -> None:
    nothing = dict.fromkeys(name for name in FILES if name != "config.toml")
    page = page_of(made(nothing))
    assert "still trains, or was killed: 0 of 4 epochs are over" in page.words
    assert page.words.count("Not recorded") >= 5


def test_a_run_that_was_killed_tells_its_epochs(made: Maker, rows: Any) -> None:
    page = page_of(made({"summary.json": None, "metrics.jsonl": rows.lines(rows.metrics(2)) + '{"epoch": 3, "par'}))
    assert "2 of 4 epochs are over. The last one gave accuracy 66.7% on dev" in page.words


def test_a_run_that_failed_says_why(made: Maker, rows: Any) -> None:
    broken = {
        **rows.summary,
        "training": None,
        "dev": None,
        "test": None,
        "stopped": "failed",
        "error": "the disk is full",
    }
    page = page_of(made({"summary.json": json.dumps(broken)}))
    assert "No result It failed: the disk is full." in page.words


def test_what_to_beware_of_is_said_first(made: Maker, rows: Any) -> None:
    doubtful = {
        **rows.summary,
        "test": {**rows.summary["test"], "no_better_than_guessing": True},
        "gradient_checks": {"failed": 2},
        "instability_checks": {"unstable": 3},
        "skipped_images": [{"source": "a.png", "reason": "is empty"}],
    }
    opened = rows.lines([{"partition": "test", "when": "today", "command": "nnlab evaluate"}] * 2)
    words = page_of(made({"summary.json": json.dumps(doubtful), "openings.jsonl": opened})).words
    for said in ("no better than guessing", "found 2 parameters wrong", "In 3 steps values were not finite",
                 "1 pictures were left out, the first because: is empty", "was scored 2 times more"):  # fmt: skip
        assert said in words


def test_names_are_text_never_markup(made: Maker, rows: Any) -> None:
    config = rows.config.replace('"blobs"', json.dumps(EVIL.replace("\x1b", ""))).replace(
        '"NLayers"', json.dumps("<b>")
    )
    said = [{**row, "actual": EVIL, "source": EVIL} for row in rows.predictions()]
    pictures = [{**row, "actual": EVIL, "predicted": EVIL, "source": EVIL, "partition": EVIL} for row in rows.pictures]
    layers = [{**row, "layer": EVIL, "kind": EVIL} for row in rows.layers()]
    checks = [{"epoch": 1, "kind": "gradient", "parameter": EVIL, "verdict": EVIL, "distance": 1e-9}]
    metrics = [{**row, EVIL: 0.5} for row in rows.metrics()]
    description = {
        "command": EVIL,
        "names": [EVIL],
        "layers": [{"name": EVIL, "kind": EVIL}],
        "defaults": {EVIL: {EVIL: 1}},
    }
    files = {
        "config.toml": config, "predictions.jsonl": rows.lines(said), "pictures.jsonl": rows.lines(pictures),
        "layers.jsonl": rows.lines(layers), "checks.jsonl": rows.lines(checks), "metrics.jsonl": rows.lines(metrics),
        "description.json": json.dumps(description), "openings.jsonl": rows.lines([{"when": EVIL, "command": EVIL}]),
        "environment.json": json.dumps({"nnlab": {"version": EVIL}}),
        "summary.json": json.dumps({**rows.summary, "error": EVIL, "device": EVIL, "starts_from": EVIL}),
    }  # fmt: skip
    html = run_page(read_run(made(files)))
    page = Page(html)
    assert '<img src="x"' not in html and "</script></title>" not in html and "<b> on" not in html
    assert "\u202e" not in html and "\x1b" not in html
    assert html.count("<script>") == 1 and "onerror" in page.words


@pytest.mark.parametrize("file", ["config.toml", "summary.json", "predictions.jsonl", "layers.jsonl"])
def test_a_link_out_of_the_folder_is_refused(made: Maker, tmp_path: Path, file: str) -> None:
    folder = made()
    outside = tmp_path / "outside"
    outside.write_bytes((folder / file).read_bytes())
    (folder / file).unlink()
    (folder / file).symlink_to(outside)
    with pytest.raises(DataError, match="leads out of the run folder"):
        write_report(folder)
    assert not (folder / REPORT).exists()


@pytest.mark.parametrize(
    "file", ["../../outside.png", "/etc/passwd", "pictures/out.png", "pictures/\0.png", "pictures"]
)
def test_no_picture_from_elsewhere_comes_into_the_page(made: Maker, rows: Any, tmp_path: Path, file: str) -> None:
    (tmp_path / "outside.png").write_bytes(rows.png())
    picture = {"file": file, "why": "wrong", "partition": "test", "actual": "cat", "predicted": "dog"}
    folder = made({"pictures.jsonl": rows.lines([picture])})
    (folder / "pictures" / "out.png").symlink_to(tmp_path / "outside.png")
    assert "<img" not in run_page(read_run(folder))


@pytest.mark.parametrize(
    ("file", "content"),
    [("summary.json", "{"), ("layers.jsonl", '{"epoch": 0, "layer": "a"}\n'), ("pictures.jsonl", "[]\n"),
     ("description.json", '{"layers": 3}'), ("metrics.jsonl", '{"epoch": 1}\n')],
)  # fmt: skip
def test_a_damaged_file_is_named_and_the_old_page_stays(made: Maker, file: str, content: str) -> None:
    folder = made({REPORT: "the old page", file: content})
    with pytest.raises(DataError, match=re.escape(file)):
        write_report(folder)
    assert (folder / REPORT).read_text() == "the old page"


def test_many_pictures_epochs_and_layers_stay_a_page_of_two_megabytes(made: Maker, rows: Any) -> None:
    big = rows.png(256, 256)
    noise = big[:33] + bytes(range(256)) * 200 + big[33:]
    pictures = [
        {**rows.pictures[place % 3], "file": f"pictures/{place}.png", "rank": place, "actual": f"class {place % 40}"}
        for place in range(400)
    ]
    layers = [{**row, "layer": f"layer {place}"} for place in range(60) for row in rows.layers(60)[::2]]
    files: dict[str, Any] = {
        "pictures.jsonl": rows.lines(pictures), "layers.jsonl": rows.lines(layers),
        "metrics.jsonl": rows.lines(rows.metrics(1500)),
        **{f"pictures/{place}.png": noise for place in range(60)},
    }  # fmt: skip
    html = run_page(read_run(made(files)))
    assert len(html.encode()) < 2_000_000
    Page(html)


def test_names_and_numbers_of_any_size_stay_a_page_too(made: Maker, rows: Any) -> None:
    long = "n" * 300_000
    answer = {"partition": "test", "actual": long, "predicted": f"{long}x", "source": long, "confidence": 0.5}
    layer = {"epoch": 2**48, "layer": long, "kind": long, "dead": list(range(50_000)), "gradient_norm": 1e308}
    epoch = {"epoch": 2**48, "partition": "dev", "loss": 1e308, long: -1e308, "samples": 2**48}
    layers = [{"name": long, "inputs": [long] * 9, "output": [2**60] * 99}]
    files = {
        "config.toml": rows.config + "".join(f"[{section}]\n{long} = '{long}'\n" for section in "abc"),
        "predictions.jsonl": rows.lines([answer] * 3), "layers.jsonl": rows.lines([layer]),
        "metrics.jsonl": rows.lines([epoch]),
        "checks.jsonl": rows.lines([{"epoch": 2**48, "kind": "gradient", "parameter": long, "distance": 1e300}]),
        "description.json": json.dumps({"command": long, "names": [long], "layers": layers}),
        "environment.json": json.dumps({long: long}),
    }  # fmt: skip
    html = run_page(read_run(made(files)))
    Page(html)
    assert len(html) < 300_000


def test_a_task_that_is_not_installed_has_a_page_too(made: Maker, rows: Any) -> None:
    page = page_of(made({"config.toml": rows.config.replace('"Classification"', '"Somebody"')}))
    assert "accuracy 67.5% on 114 samples of the test partition" in page.words
