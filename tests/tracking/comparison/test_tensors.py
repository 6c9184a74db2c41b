"""What a tensor is, from its name."""

import numpy as np
import pytest

from nnlab.checks.parity.step import names_of
from nnlab.checks.parity.subject import Subject
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.n_layers import NLayers
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer
from nnlab.schedules.constant import Constant
from nnlab.testing.batches import one_head
from nnlab.tracking.comparison.tensors import Tensor, by_layer, tensors

NAMES = (
    "conv.1 forward", "loss", "penalty", "loss gradient", "conv.1 backward", "conv.1 gradient weight",
    "conv.1.weight m", "conv.1.weight", "norm.running_mean", "training probabilities",
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "role", "layer", "short"),
    [
        ("conv.1 forward", "forward", "conv.1", "forward"),
        ("loss", "loss", "loss", "loss"),
        ("penalty", "loss", "loss", "penalty"),
        ("loss gradient", "loss", "loss", "gradient"),
        ("conv.1 backward", "backward", "conv.1", "backward"),
        ("conv.1 gradient weight", "gradient", "conv.1", "gradient weight"),
        ("conv.1.weight m", "slots", "conv.1", "weight m"),
        ("conv.1.weight", "weights", "conv.1", "weight"),
        ("norm.running_mean", "buffers", "norm", "running_mean"),
        ("training probabilities", "evaluation", "evaluation", "training probabilities"),
    ],
)
def test_a_name_says_role_and_layer_even_with_dots_in_it(name: str, role: str, layer: str, short: str) -> None:
    found = tensors(NAMES)
    assert found[NAMES.index(name)] == Tensor(name, role, layer, short)  # type: ignore[arg-type]


def test_layers_are_groups_in_the_order_of_a_step() -> None:
    assert by_layer(tensors(NAMES)) == {
        "conv.1": [0, 4, 5, 6, 7], "loss": [1, 2, 3], "norm": [8], "evaluation": [9],
    }  # fmt: skip


def test_the_names_that_a_comparison_gives_are_understood() -> None:
    """Every name of a real network's step falls where it belongs."""
    graph = NLayers(layers=(4,)).graph((6,), one_head(3)).build((6,), rng=Rng(0), dtype=np.float64)
    optimizer = Optimizer(rule=Adam(), schedule=Constant())
    names = names_of(Subject(graph, CrossEntropy(), optimizer), "dev probabilities")
    roles = {tensor.name: tensor.role for tensor in tensors(names)}
    assert {name for name, role in roles.items() if role == "weights"} == {p.name for p in graph.parameters}
    assert {name for name, role in roles.items() if role == "buffers"} == {b.name for b in graph.buffers}
    assert {name for name, role in roles.items() if role == "evaluation"} == {"dev probabilities"}
    assert {tensor.layer for tensor in tensors(names)} == {
        *(node.name for node in graph.nodes), "loss", "evaluation",
    }  # fmt: skip
