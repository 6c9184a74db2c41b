"""The text of a comparison."""

from nnlab.checks.parity.result import Comparison, Divergence, StepDifferences
from nnlab.cli.comparison_text import comparison_text
from nnlab.tracking.comparison.about import About

CONFIG = '[data]\ndataset = "blobs"\n[model]\nname = "NLayers"\nlayers = [16]\n[optimizer]\nname = "Adam"\n'
ABOUT = About("main", CONFIG, "nnlab compare", 5e-4, seconds=1.5)
TENSORS = ("dense_1 forward", "loss", "dense_1 gradient weight", "dense_1.weight", "dense_1.bias")


def comparison(*divergences: Divergence) -> Comparison:
    history = tuple(
        StepDifferences(step, step, dict.fromkeys(TENSORS, step * 1e-7) | {"dense_1.bias": 0.5}) for step in (1, 2)
    )
    return Comparison(("numpy", "torch"), "float32", 2, TENSORS, history, divergences, frozenset({"dense_1.bias"}))


def test_it_says_verdict_worst_kinds_and_page() -> None:
    text = comparison_text(comparison(), ABOUT, report="runs/x/report.html")
    lines = text.splitlines()
    assert lines[0] == "main: NLayers(16) with Adam on blobs  (float32, 2 steps in 2 epochs, 1.50 s)"
    assert lines[2] == "  equal: numpy and torch agree in every tensor at all 2 steps, as closely as float32 can"
    assert "  first divergence: none" in lines
    assert "  worst tensor with signal: dense_1 forward, 2.0e-07 at step 2" in lines
    assert "  tensors without signal: 1 (dense_1.bias)" in lines
    assert [line.split() for line in lines if line.split()[:1] == ["weights"]] == [
        ["weights", "1", "2.0e-07", "2", "dense_1.weight"]
    ]
    assert lines[-1] == "  report: runs/x/report.html"


def test_the_first_divergence_says_why() -> None:
    found = Divergence(1, 1, "dense_1.weight", "bug", 0.25, "no known convention explains it")
    text = comparison_text(comparison(found), ABOUT, report="r")
    assert "first divergence: step 1, dense_1.weight: bug, 2.5e-01 apart; no known convention explains it" in text


def test_verbose_says_every_tensor() -> None:
    text = comparison_text(comparison(), ABOUT, report="r", verbose=True)
    assert all(f"  {name}" in text for name in TENSORS)
    assert any(line.startswith("  dense_1.bias") and line.endswith("no signal") for line in text.splitlines())


def test_many_without_signal_are_counted() -> None:
    names = tuple(f"dense_{place}.bias" for place in range(9))
    text = comparison_text(Comparison(("a", "b"), "float32", 0, names, (), (), frozenset(names)), ABOUT, report="r")
    assert "tensors without signal: 9 (dense_0.bias, dense_1.bias, dense_2.bias, dense_3.bias and 5 more)" in text
