"""`nnlab docs` as people type it: a page that is run, checked, run again, and told wrong."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.cli.main import main

PAGE = """# colors

```nnlab runs
quick = train --dataset=colors --model=OneLayer --learning-rate=0.01 --epochs=3 --resize=8,8 \\
        --threads=1 --display-samples=0
theirs = reported test_accuracy=100%   # reported
```

```nnlab claims
A  test_accuracy(quick) > 60%
B  unstable_steps(quick) == 0
C  test_accuracy(quick) < test_accuracy(theirs)  -> cannot tell
```

<!-- nnlab table theirs quick: test unstable_steps -->
<!-- end -->
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    return path


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["docs", *arguments])
    said = capfd.readouterr()
    return code, said.out, said.err


def test_a_page_is_run_checked_taken_as_it_was_and_told_wrong(
    page: Path, repository: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repository)
    runs = f"--runs-dir={page.parent / 'runs'}"
    code, out, err = run(capfd, "run", str(page), runs, "--json")
    (told,) = json.loads(out)["pages"]
    assert code == 0, (out, err)
    assert [claim["verdict"] for claim in told["claims"]] == ["holds", "holds", "cannot tell"]
    assert (told["new"], told["taken"]) == (1, 0)
    assert "| reported | 100.0% |  |\n| quick | " in page.read_text()
    assert run(capfd, "check", str(page))[0] == 0
    before = page.read_bytes()
    code, out, err = run(capfd, "run", str(page), runs, "--json", "--quiet")
    (told,) = json.loads(out)["pages"]
    assert (code, told["new"], told["taken"], err) == (0, 0, 1, "")
    assert page.read_bytes() == before
    page.write_text(page.read_text().replace("> 60%", "< 60%"))
    code, out, _ = run(capfd, "check", str(page))
    assert code == 4 and "A: fails (the page says: holds)" in out and "1 not as the page says" in out


def test_a_run_that_fails_is_said_and_leaves_its_claims_missing(
    page: Path, repository: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repository)
    page.write_text(
        "```nnlab runs\na = infer --onnx-model=none none.png\n```\n```nnlab claims\nA figure(a, x) > 1\n```\n"
    )
    code, out, err = run(capfd, "run", str(page), f"--runs-dir={page.parent / 'runs'}", "--quiet")
    assert code == 1 and "run a (infer --onnx-model=none none.png): ended with 5" in err
    assert "A: missing (the page says: holds)" in out
    assert not list((page.parent / "runs" / "docs").iterdir())  # nothing half-made


def test_dry_run_says_what_would_be_run(
    page: Path, repository: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repository)
    code, out, _ = run(capfd, "run", str(page), "--dry-run", f"--runs-dir={page.parent / 'runs'}")
    assert code == 0 and not (page.parent / "runs").exists()
    assert "quick: 1 to run, 0 there: train --dataset=colors" in out and "theirs: reported: reported test" in out
    code, out, _ = run(capfd, "run", str(page), "--dry-run", "--json", f"--runs-dir={page.parent / 'runs'}")
    rows = {row["run"]: (row["new"], row["taken"], row["reported"]) for row in json.loads(out)["runs"]}
    assert code == 0 and (rows["quick"], rows["theirs"]) == ((1, 0, False), (0, 0, True))


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("run",), 2, "Missing argument"),
        (("check", "nowhere.md"), 5, "nowhere.md: cannot be read"),
        (("check", "README.md"), 5, "has no runs, claims or tables"),
        (("chekc",), 2, "did you mean check?"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    arguments: tuple[str, ...], code: int, said: str, repository: Path,
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(repository)
    found, _, err = run(capfd, *arguments)
    assert found == code and said in err and err.count("\n") == 1


def test_all_pages_of_nnlab_say_what_was_measured_and_no_torch_is_needed(repository: Path) -> None:
    """As bin/test runs it: what is imported on the way is told, and torch is not among it."""
    code = "import sys; from nnlab.cli.main import main; code = main(['docs', 'check', '-q']); "
    code += "print(sorted({'torch', 'onnxruntime'} & set(sys.modules))); raise SystemExit(code)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=repository, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
