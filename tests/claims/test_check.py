"""Pages held against evidence: tables digit by digit, code that has changed, evidence that is missing or damaged."""

import json
import shutil
from pathlib import Path

import pytest

from nnlab.claims.check import Checked, check, prepared
from nnlab.claims.evidence import Evidence, RunEvidence, evidence_path
from nnlab.claims.page import read_page
from nnlab.claims.reading import Reading
from nnlab.core.errors import DataError
from nnlab.labs import sources

PAGE = """```nnlab runs
adam = train --optimizer=Adam    # Adam
slow = train --optimizer=Constant
```
```nnlab claims
F8  dev_accuracy(adam) > dev_accuracy(slow)
F9  best_epoch(slow) == 80
```
Some words.
<!-- nnlab table adam slow: dev best_epoch -->
<!-- end -->
<!-- nnlab verdicts -->
<!-- end -->
"""


def figures(name: str, values: list[float], epoch: int) -> dict[str, Reading]:
    seeds = [f"model {seed}, data 0" for seed in range(len(values))]
    return {
        f"dev_accuracy({name})": Reading((name,), "figure", "share", dict(zip(seeds, values, strict=True)), n=127),
        f"best_epoch({name})": Reading((name,), "fact", "", dict.fromkeys(seeds, epoch)),
    }


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of nnlab's optimizers, in place of nnlab."""
    root = tmp_path / "nnlab"
    shutil.copytree(sources.ROOT / "optimizers", root / "optimizers")
    monkeypatch.setattr(sources, "ROOT", root)
    return root


@pytest.fixture
def page(tmp_path: Path, code: Path) -> Path:
    """A page that agrees with the evidence beside it."""
    runs = {}
    for name, rule, command in (("adam", "adam", "Adam"), ("slow", "constant", "Constant")):
        file = f"nnlab/optimizers/{rule}.py"
        used = {file: sources.digest_of_text((code / "optimizers" / f"{rule}.py").read_text())}
        runs[name] = RunEvidence(f"train --optimizer={command}", "0" * 64, "2026-11-27", "0.1", "a machine", used, {})
    readings = figures("adam", [0.17, 0.18, 0.16], 100) | figures("slow", [0.11, 0.13, 0.10], 80)
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    evidence_path(path).write_text(Evidence(runs, readings).text())
    path.write_text(read_page(path).written(checked(path).regions))
    return path


def checked(path: Path) -> Checked:
    sources.digest_of.cache_clear()
    sources.digest_of_part.cache_clear()
    page = read_page(path)
    return check(page, prepared([page], ("train",))[0])


def words(path: Path) -> list[str]:
    return [found.word for found in checked(path).verdicts]


def test_a_page_that_was_written_from_its_evidence_agrees(page: Path) -> None:
    found = checked(page)
    assert found.agrees and words(page) == ["holds", "holds"]
    assert "| Adam | 17.0 ± 1.0% | 100 |\n| slow | 11.3 ± 1.5% | 80 |" in page.read_text()
    assert (
        "| F9: `best_epoch(slow) == 80` | best_epoch(slow): 80 | by whole values, seed by seed | **holds** |"
        in page.read_text()
    )


def test_any_digit_of_a_table_that_is_changed_is_found_with_its_line(page: Path) -> None:
    text = page.read_text()
    lines = text.split("\n")
    first, last = lines.index("<!-- nnlab table adam slow: dev best_epoch -->"), len(lines)
    changed = 0
    for at in range(first + 1, last):
        for place, letter in enumerate(lines[at]):
            if lines[at].startswith("<!--") or not letter.isdigit():
                continue
            line = lines[at][:place] + str((int(letter) + 1) % 10) + lines[at][place + 1 :]
            page.write_text("\n".join([*lines[:at], line, *lines[at + 1 :]]))
            (found,) = checked(page).differing
            assert (found.line, found.old, found.new) == (at + 1, line, lines[at])
            changed += 1
    assert changed > 30


def test_rows_that_were_added_or_taken_away_are_found(page: Path) -> None:
    text = page.read_text()
    page.write_text(text.replace("| slow | 11.3 ± 1.5% | 80 |\n", ""))
    assert not checked(page).agrees
    page.write_text(text.replace("| slow |", "| slow | 99% | 1 |\n| slow |"))
    assert not checked(page).agrees


def test_an_optimizer_that_was_not_used_may_change_and_one_that_was_may_not(page: Path, code: Path) -> None:
    unused, used = code / "optimizers" / "momentum.py", code / "optimizers" / "adam.py"
    unused.write_text(unused.read_text().replace("return", "return 0 and", 1))
    assert words(page) == ["holds", "holds"]
    text = used.read_text()
    used.write_text(f"# a remark\n{text}".replace('"""', '"""Other words. ', 1))
    assert words(page) == ["holds", "holds"]
    used.write_text(text + "\nX = 1\n")
    found = checked(page)
    assert [each.word for each in found.verdicts] == ["stale", "holds"] and not found.agrees
    assert found.verdicts[0].why == "changed since: adam used nnlab/optimizers/adam.py"
    used.unlink()
    assert words(page) == ["stale", "holds"]


def test_of_a_file_of_several_the_function_that_was_used_counts(page: Path, code: Path) -> None:
    file = code / "optimizers" / "several.py"
    file.write_text("def used(x):\n    return x\n\n\ndef unused(x):\n    return x\n")
    told = json.loads(evidence_path(page).read_text())
    told["runs"]["slow"]["sources"] = {
        "nnlab/optimizers/several.py:used": sources.digest_of_text("def used(x):\n    return x")
    }
    evidence_path(page).write_text(json.dumps(told))
    assert words(page) == ["holds", "holds"]
    file.write_text(file.read_text().replace("def unused(x):\n    return x", "def unused(x):\n    return -x"))
    assert words(page) == ["holds", "holds"]
    file.write_text(file.read_text().replace("def used(x):\n    return x", "def used(x):\n    return -x"))
    assert words(page) == ["stale", "stale"]


def test_another_version_of_what_computes_makes_stale(page: Path) -> None:
    told = json.loads(evidence_path(page).read_text())
    told["runs"]["slow"]["libraries"] = {"numpy": "1.0", "a-package-that-is-not-here": "7"}
    evidence_path(page).write_text(json.dumps(told))
    found = checked(page).verdicts[1]
    assert found.word == "stale" and "numpy 1.0 -> " in found.why and "not-here" not in found.why


def test_what_was_not_measured_is_missing(page: Path) -> None:
    text = page.read_text()
    page.write_text(text.replace("--optimizer=Constant", "--optimizer=Constant --epochs=9"))
    assert words(page) == ["missing", "missing"]  # the evidence is of another command
    page.write_text(text.replace("best_epoch(slow) == 80", "parameters(slow) == 80"))
    assert words(page) == ["holds", "missing"]
    evidence_path(page).unlink()
    assert words(page) == ["missing", "missing"]


def test_a_page_that_says_what_is_not_so_does_not_agree(page: Path) -> None:
    page.write_text(page.read_text().replace("best_epoch(slow) == 80\n", "best_epoch(slow) == 80 -> fails\n", 1))
    found = checked(page).verdicts[1]
    assert found.word == "holds" and not found.agrees


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"kind": "fact"', '"kind": "fakt"', "kind is 'fakt'"),
        ('"each": {', '"each": 3, "was": {', "each is 3, not a table"),
        ('"sources": {', '"sources": 3, "was": {', "sources is 3, not a table"),
        ("{", "[", "cannot be read"),
        ('"n": 127', '"n": -1', "n is -1, not a whole number from 1 on or nothing"),
        ('"n": 127', '"right": {"model 0, data 0": "xyz"}', "right has what is no hexadecimal number"),
        ('"model 0, data 0": 0.17', '"model 0, data 0": NaN', "it has nan"),
        ('"model 0, data 0": 0.17', '"model 0, data 0": [1]', "it has [1]"),
    ],
)
def test_damaged_evidence_is_a_line_that_names_it(old: str, new: str, said: str, page: Path) -> None:
    path = evidence_path(page)
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(DataError) as raised:
        checked(page)
    assert said in str(raised.value) and str(path) in str(raised.value)
