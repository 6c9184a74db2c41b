"""`nnlab study ladder` as it is typed."""

import json
from pathlib import Path

import pytest

from nnlab.cli.main import main
from tests.labs.here import Here

WORDS = (
    "study",
    "ladder",
    "--dataset=blobs",
    "--engines=numpy",
    "--model=OneLayer",
    "--resize=8",
    "--epochs=1",
    "--steps=3",
)


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlab.labs.engine.Local", Here)
    monkeypatch.setattr("nnlab.labs.training_ladder.steady.STEADY", 1e9)  # two passes will do
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", "")


def test_a_ladder_leaves_its_table_document_and_page_and_goes_on(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, blobs: Path
) -> None:
    runs = f"--runs-dir={tmp_path}"
    assert main([*WORDS, f"--datasets-path={blobs}", "--rungs=float32,threads=2", "--repeats=1", "-q", runs]) == 0
    out = capsys.readouterr().out
    for words in ("numpy float64 again", "numpy float32", "numpy ... + threads=2", "same losses", "equals the default"):
        assert words in out, words
    (folder,) = tmp_path.glob("*-study-ladder-*")
    document = json.loads((folder / "study-ladder.json").read_text())
    rows = {row["name"]: row for row in document["rows"]}
    assert rows["numpy threads=2"]["off"] == 0 and rows["numpy threads=2"]["result"] == "same losses"
    assert rows["numpy float32"]["verdict"]["word"] in ("better", "worse", "cannot tell")
    assert rows["numpy float32"]["ratio"] > 0 and rows["numpy float32"]["ratio_before"] > 0
    page = (folder / "report.html").read_text()
    assert "numpy float32: numbers of half the size" in page and "Time of a step" in page
    before = (folder / "rows.jsonl").read_text()
    assert main(["study", "ladder", f"--resume={folder}", f"--datasets-path={blobs}", "-q"]) == 0  # nothing is missing
    assert (folder / "rows.jsonl").read_text() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rungs=flaot32",), "--rungs: unknown rung 'flaot32'; did you mean float32"),
        (("--rungs=float32,float32",), "--rungs: names float32 twice"),
        (("--engines=nmupy",), "--engines: unknown engine 'nmupy'"),
        (("--steps=0",), "--steps: must be a whole number"),
        (("--threads=2",), "--threads: is what the cells differ in: --rungs says it"),
        (("--amp", "--repeats=0"), "--repeats: must be a whole number"),
        (("--preset=huge",), "--preset: unknown preset 'huge'"),
    ],
)
def test_what_cannot_be_right_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    assert main([*WORDS, *words, f"--runs-dir={tmp_path / 'runs'}"]) == 2
    lines = [line.removeprefix("nnlab: error: ") for line in capsys.readouterr().err.splitlines()]
    assert any(line.startswith(said) for line in lines), lines
    assert not (tmp_path / "runs").exists()
