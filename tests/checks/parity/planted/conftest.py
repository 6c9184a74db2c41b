"""A tiny comparison to plant faults in: 25 samples in batches of 9, 8 and 8, some epochs, both backends."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnlab.checks.parity.result import Comparison

OPTIONS: dict[str, Any] = {
    "dataset": "blobs",
    "resize": (3, 3),
    "model": "NLayers",
    "layers": (4,),
    "max_minibatch_size": 9,
    "epochs": 3,
    "threads": 1,
    "device": "cpu",
}
"""Nine steps: epoch 2 begins at step 4."""


@pytest.fixture
def compared(blobs: Path) -> Callable[..., Comparison]:
    """What a comparison of numpy and torch finds, with these options over OPTIONS."""
    pytest.importorskip("torch", reason="there is nothing to compare with")
    from nnlab.experiment.compare import compare
    from nnlab.experiment.config import resolve
    from nnlab.experiment.sources import from_flags

    def run(**options: Any) -> Comparison:
        said = {"datasets_path": str(blobs), **OPTIONS, **options}
        return compare(resolve(from_flags(said)), ("numpy", "torch"))

    return run


@pytest.fixture
def found(compared: Callable[..., Comparison]) -> Callable[..., None]:
    """Holds that the first thing found is this one: the tensor, the step, and a bug (None) or a convention's name."""

    def hold(tensor: str, step: int, convention: str | None, **options: Any) -> None:
        comparison = compared(**options)
        first = comparison.first
        assert first is not None, "nothing was found"
        kind = "convention" if convention else "bug"
        assert (first.tensor, first.step, first.kind, first.convention) == (tensor, step, kind, convention), first
        assert comparison.steps == step, "it went on after it was found"

    return hold
