"""Comparisons that nobody made: four steps of a dense layer, or what a test asks for."""

import math
from collections.abc import Callable

import pytest

from nnlab.checks.parity.result import Comparison, Divergence, StepDifferences
from nnlab.tracking.comparison.about import About

TENSORS = (
    "dense_1 forward", "loss", "penalty", "loss gradient", "dense_1 backward", "dense_1 gradient weight",
    "dense_1 gradient bias", "dense_1.weight m", "dense_1.weight", "dense_1.bias m", "dense_1.bias",
    "batch_norm_1.running_mean", "dev probabilities",
)  # fmt: skip

CONFIG = """[run]
exp_id = "main"
model_seed = 7

[data]
dataset = "blobs"
max_minibatch_size = 5000

[model]
name = "NLayers"
layers = [16, 8]

[optimizer]
name = "Adam"
learning_rate = 0.001
"""


def history(steps: int) -> tuple[StepDifferences, ...]:
    """Two steps an epoch; the weight's difference is its step's number times 1e-6, and the bias has no signal."""
    made = []
    for step in range(1, steps + 1):
        found = dict.fromkeys(TENSORS, 1e-7) | {"dense_1.weight": step * 1e-6, "dense_1.bias": 0.2, "penalty": 0.0}
        if step % 2:
            del found["dev probabilities"]
        made.append(StepDifferences(step, (step + 1) // 2, found))
    return tuple(made)


@pytest.fixture
def compared() -> Callable[..., Comparison]:
    """Makes a comparison of so many steps and these divergences; the bias has no signal."""

    def make(steps: int = 4, *divergences: Divergence) -> Comparison:
        silent = frozenset({"dense_1.bias"})
        return Comparison(("numpy", "torch"), "float32", steps, TENSORS, history(steps), divergences, silent)

    return make


@pytest.fixture
def broken() -> Comparison:
    """One step in which a tensor is not finite."""
    step = StepDifferences(1, 1, {"loss": math.nan, "dense_1.weight": 0.5})
    return Comparison(("numpy", "torch"), "float32", 1, ("loss", "dense_1.weight"), (step,))


@pytest.fixture
def about() -> About:
    """What was compared."""
    packages = {"numpy": "2.4.6", "torch": "2.13.0"}
    return About("main", CONFIG, "nnlab compare --model=NLayers", 5e-4, environment={"packages": packages})
