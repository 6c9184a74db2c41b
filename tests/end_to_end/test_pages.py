"""The page that a training leaves."""

import json
from pathlib import Path
from typing import Any

import pytest

from nnlab.cli.main import main


@pytest.fixture
def flags(blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    return [f"--datasets-path={blobs}", "--dataset=blobs", "--model=NLayers", "--layers=4", "--epochs=2", "--quiet"]


def test_a_run_leaves_its_page_with_everything_recorded(flags: list[str], browser: Any) -> None:
    assert main(["train", *flags]) == 0
    folder = Path("runs/latest").resolve()
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert "test pictures were named right" in html and "Not recorded" not in html and len(html) < 2_000_000
    assert html.count("<img") >= 10 and "dense_1" in html
    assert json.loads((folder / "description.json").read_text())["names"] == ["blue", "green", "red"]
    browser.screen(390)
    browser.open(folder / "report.html")
    assert not browser.scrolls_sideways and browser.errors == []


def test_a_page_that_cannot_be_written_costs_no_run(
    flags: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(folder: Path) -> Path:
        raise ZeroDivisionError("a fault of the page")

    monkeypatch.setattr("nnlab.experiment.run.write_report", broken)
    assert main(["train", *flags]) == 0
    assert "report.html: the page is left out (a fault of the page)" in capsys.readouterr().err
    assert Path("runs/latest/summary.json").is_file() and not Path("runs/latest/report.html").exists()


def test_a_run_that_ends_in_a_failed_check_has_a_page_too(flags: list[str]) -> None:
    flags = [*flags, "--learning-rate=1e30", "--instability-checks=exception"]
    assert main(["train", *flags]) == 3
    html = Path("runs/latest/report.html").read_text(encoding="utf-8")
    assert "It failed: " in html
