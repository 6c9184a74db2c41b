"""The task that docs/writing-a-task.md goes through: its Python runs, and so do the commands that it gives."""

import json
import re
import shlex
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nnlab.baselines.base import BASELINES
from nnlab.cli.main import main
from nnlab.data.readers.base import READERS
from nnlab.losses.base import LOSSES
from nnlab.metrics.base import METRICS
from nnlab.tasks.base import TASKS
from nnlab.tracking.figures.base import FIGURES

TORCH = "from nnlab.backends.torch"


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "writing-a-task.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(page: str, drawing: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the page's code has run and drawn its pictures, its components registered until the tests are over."""
    here = tmp_path_factory.mktemp("tagging")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        patch.setattr("nnlab.experiment.run._Session._draw", drawing)  # it draws its own
        patch.setitem(sys.modules, "writing_a_task", types.ModuleType("writing_a_task"))  # dataclasses look it up
        for registry in (READERS, LOSSES, METRICS, TASKS):
            list(registry)
            patch.setattr(registry, "_classes", dict(registry._classes))
        for translations in (FIGURES, BASELINES):
            patch.setattr(translations, "_table", dict(translations._table))
        code = [block for block in re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL) if TORCH not in block]
        assert len(code) == 8
        exec(compile("\n".join(code), "docs/writing-a-task.md", "exec"), {"__name__": "writing_a_task"})
        for words in commands(page, on_torch=False):
            assert main([*words, "--quiet"]) == 0, words
        yield here


def commands(page: str, *, on_torch: bool) -> list[list[str]]:
    """What follows nnlab in the page's lines of commands."""
    every = re.findall(r"^    nnlab (.*)$", page, flags=re.MULTILINE)
    lines = [line for line in every if ("torch" in line) is on_torch]
    assert len(lines) == (2 if on_torch else 4)
    return [shlex.split(line) for line in lines]


def test_it_learns_and_every_gradient_is_right(folder: Path) -> None:
    summary = json.loads((folder / "runs" / "latest" / "summary.json").read_text(encoding="utf-8"))
    assert summary["test"]["every_tag"] > 2 * summary["test"]["chance"]
    assert summary["epochs_run"] == 50
    (shares,) = summary["baselines"]["rows"]
    assert shares["name"] == "shares" and shares["every_tag"] < summary["test"]["every_tag"]
    rows = (folder / "runs" / "latest" / "checks.jsonl").read_text(encoding="utf-8").splitlines()
    assert rows
    assert all(json.loads(row).get("verdict", "ok") != "bug" for row in rows)


def test_the_run_says_what_is_true_and_what_was_answered(folder: Path) -> None:
    text = (folder / "runs" / "latest" / "predictions.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    assert len(rows) == 360
    for row in rows:
        shown = row["source"].rpartition("_")[0].split("+")
        assert row["actual"] == {tag: float(tag in shown) for tag in ("bar", "dot", "square")}
        assert all(0 <= said <= 1 for said in row["predicted"].values())


def test_it_has_its_own_figures_and_an_onnx_file(folder: Path) -> None:
    figures = {path.name for path in (folder / "runs" / "latest" / "figures").iterdir()}
    assert {"tags-dev.png", "tags-test.png", "training.png"} <= figures
    assert (folder / "tags.onnx").stat().st_size > 1000


def test_a_folder_without_tags_is_refused_in_one_line(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "bare").mkdir()
    assert main(["train", "bare", "--task=Tagging"]) == 5
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert "no picture has a tag; name them like bar+square_0017.png" in said


def test_it_is_the_same_on_torch(page: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch", reason="torch is not installed (extra [torch])")
    from nnlab.backends.torch.losses import TORCH_LOSSES

    monkeypatch.setattr(TORCH_LOSSES, "_table", dict(TORCH_LOSSES._table))
    monkeypatch.chdir(folder)
    (block,) = (block for block in re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL) if TORCH in block)
    exec(compile(block, "docs/writing-a-task.md", "exec"), {"TagsCrossEntropy": LOSSES.get("TagsCrossEntropy")})
    for words in commands(page, on_torch=True):
        assert main([*words, "--quiet"]) == 0, words
