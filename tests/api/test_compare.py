"""`nnlab.compare`: two backends in lockstep."""

from pathlib import Path
from typing import Any

import pytest

import nnlab
from nnlab.api.compare import Compared
from nnlab.checks.parity.result import Comparison, Divergence, StepDifferences
from nnlab.tracking.comparison.document import document


def compared(kind: Any) -> Compared:
    found = (Divergence(1, 1, "<b>dense_1</b> forward", kind, 0.5, "says <i>why</i>"),) if kind else ()
    steps = (StepDifferences(1, 1, {"<b>dense_1</b> forward": 0.5, "loss": 0.1}),)
    made = Comparison(("numpy", "torch"), "float32", 1, ("<b>dense_1</b> forward", "loss"), steps, found)
    return Compared(made, document(made, folder="runs/x", report="runs/x/report.html"))


def test_a_verdict_is_true_where_both_compute_the_same() -> None:
    equal, bug = compared(None), compared("bug")
    assert equal and not bug and compared("rounding") and not compared("convention")
    assert (equal.verdict, bug.verdict) == ("equal", "bug")
    assert equal.folder == Path("runs/x") and equal.report == Path("runs/x/report.html") and equal.first is None
    assert bug.worst == ("<b>dense_1</b> forward", 0.5)
    assert "numpy and torch compute different things" in repr(bug) and "says <i>why</i>" in repr(bug)


def test_it_shows_itself() -> None:
    page = compared("bug")._repr_html_()
    assert "<b>dense" not in page and "&lt;b&gt;dense_1&lt;/b&gt; forward" in page and ">5.0e-01</td>" in page


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"backends": ("numpy", "numpy")}, "backends: must be two different ones, got numpy, numpy"),
        ({"backends": "numpy"}, "backends: must be two different ones"),
        ({"backends": "numpy,trch"}, "unknown backend 'trch'; did you mean torch"),
        ({"backend": "torch"}, "backend: names one backend, but a comparison needs two"),
        ({"accumulate": 2}, "accumulate=2: makes one step of several minibatches"),
        ({"amp": True}, "amp: computes in bfloat16"),
        ({"layrs": 3}, "layrs: no such option; did you mean layers"),
    ],
)
def test_what_cannot_be_compared(settings: dict[str, Any], says: str, tmp_path: Path) -> None:
    with pytest.raises(nnlab.NnlabError) as found:
        nnlab.compare("colors", runs_dir=tmp_path, **settings)
    assert says in str(found.value)


def test_runs_are_held_against_each_other(small: nnlab.Run, blobs: Path, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"model": "NLayers", "layers": (6,), "epochs": 2, "resize": 12, "runs_dir": tmp_path}
    seeds = [nnlab.train(blobs / "blobs", **settings, model_seed=seed, exp_id="two") for seed in (0, 1)]
    one = nnlab.compare(small, seeds[0])
    assert one.word in ("better", "worse", "cannot tell") and one.said in repr(one)
    assert "McNemar" in repr(one) and one.document["word"] == one.word and one.said in one._repr_html_()
    both = nnlab.compare([small], seeds)
    assert both.verdict.runs in ((1, 1), (1, 2))
    with pytest.raises(nnlab.NnlabError, match="are the same run"):
        nnlab.compare(small, small)
    with pytest.raises(nnlab.NnlabError, match="the second is a NoneType, and a run is compared with a run"):
        nnlab.compare(small)
    with pytest.raises(nnlab.NnlabError, match="differ in more than their seeds"):
        nnlab.compare([small, seeds[0]], seeds[1])
    with pytest.raises(nnlab.NnlabError, match="epochs: has no part in comparing runs"):
        nnlab.compare(small, seeds[0], epochs=3)
    with pytest.raises(nnlab.NnlabError, match="partition: cannot be 'training'; there are dev, test"):
        nnlab.compare(small, seeds[0], partition="training")  # type: ignore[call-overload]
