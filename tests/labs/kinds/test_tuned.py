"""Cells that tune a run: what moves, what must not, and what else there is to be seen."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.core.errors import RunError
from nnlab.labs.kinds.tuned import WEIGHTS, Tuned, opened, proved
from nnlab.labs.resolution.modes import Mode
from nnlab.labs.resolution.scored import Scored
from nnlab.labs.resolution.subject import Subject
from nnlab.tracking.run import read_run
from nnlab.tracking.weights import read_weights


def quiet(event: str, **said: Any) -> None:
    """Hears nothing."""


def job(run: Path, mode: str, size: int = 16, **more: Any) -> dict[str, Any]:
    how = {"epochs": 2, "rate": 0.01, "seed": 0, "threads": 1}
    return {"run": str(run), "meaning": {}, "size": [size, size], "mode": mode, **how, **more}


@pytest.mark.parametrize(
    ("mode", "size", "moves"),
    [
        ("none", 24, ()),
        ("statistics", 24, ("running",)),
        ("head", 24, ("output",)),
        ("norm+head", 16, ("output", "batch_norm", "running")),
        ("all", 16, ("conv", "output", "batch_norm", "running")),
    ],
)
def test_what_moves(cropped: Path, mode: str, size: int, moves: tuple[str, ...], tmp_path: Path) -> None:
    result = Tuned().work(job(cropped, mode, size), tmp_path, quiet)
    changed = {tensor["name"] for tensor in result["tensors"] if tensor["changed"]}
    assert changed <= {tensor["name"] for tensor in result["tensors"] if tensor["may_change"]}
    before, _ = read_run(cropped).weights("best")
    after, about = read_weights(tmp_path / WEIGHTS)
    for name, array in before.items():
        if name in changed:
            assert any(part in name for part in moves), name
            assert not np.array_equal(array, after[name])
        else:
            assert array.tobytes() == after[name].tobytes()
    assert all(any(part in name for name in changed) for part in moves)
    assert about["sample_shape"] == [size, size, 3]
    assert Scored.read(result["running"]).samples == Scored.read(result["precise"]).samples == 6


def test_weights_that_are_no_numbers_end_the_cell_and_not_the_lab(cropped: Path) -> None:
    subject = Subject.of(cropped, threads=1)
    data, task = subject.data(subject.size)
    state = subject.trained.learner().state()
    learner = opened(subject, {name: np.full_like(array, np.nan) for name, array in state.items()}, task)
    with pytest.raises(RunError, match=r"dev: has no finite score \(loss nan\); lower the learning rate"):
        Scored.of(learner, data.dev, subject.judgement(task))


def test_the_same_job_gives_the_same(cropped: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        Tuned().work(job(cropped, "all"), tmp_path / name, quiet)
    assert (tmp_path / "a" / WEIGHTS).read_bytes() == (tmp_path / "b" / WEIGHTS).read_bytes()


def test_a_tensor_that_moved_unasked_fails() -> None:
    before = {"a": np.zeros(2), "b": np.zeros(2)}
    after = {"a": np.zeros(2), "b": np.array([0.0, 1e-30])}
    with pytest.raises(RunError, match="--modes=head: changed b"):
        proved(before, after, Mode("head", frozenset({"a"}), frozenset({"a"})))
    assert [tensor["changed"] for tensor in proved(before, after, Mode("x", frozenset(), frozenset({"b"})))] == [
        False,
        True,
    ]


def test_identity_is_of_what_is_done_not_of_where(cropped: Path) -> None:
    one, other = job(cropped, "head"), job(Path("elsewhere"), "head")
    assert Tuned().meaning(one) == Tuned().meaning(other)
    assert Tuned().meaning(one) != Tuned().meaning(job(cropped, "head", seed=1))


def test_estimates_from_one_step(cropped: Path) -> None:
    few, many = (Tuned().estimate(job(cropped, "all", epochs=epochs)) for epochs in (1, 1000))
    assert few["cpu_s"] > 2 and many["cpu_s"] > few["cpu_s"]
    assert few["network"]["multiply_adds"] > 0
