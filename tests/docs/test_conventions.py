"""docs/conventions.md lists every convention, and the one that it adds is found by a comparison's diagnosis."""

import re
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from nnlab.checks.parity.conventions.base import CONVENTIONS
from nnlab.checks.parity.subject import Subject
from nnlab.core.context import Context
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.n_layers import NLayers
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import one_head


@pytest.fixture
def page(repository: Path) -> str:
    return (repository / "docs" / "conventions.md").read_text(encoding="utf-8")


def test_every_convention_has_its_line_in_the_table(page: str) -> None:
    assert re.findall(r"^\| `(\w+)` \|", page, flags=re.MULTILINE) == CONVENTIONS.names()


def test_the_example_registers_and_changes_what_it_says(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    monkeypatch.setitem(sys.modules, "conventions_page", types.ModuleType("conventions_page"))
    list(CONVENTIONS)
    monkeypatch.setattr(CONVENTIONS, "_classes", dict(CONVENTIONS._classes))
    exec(compile(block, "docs/conventions.md", "exec"), {"__name__": "conventions_page"})
    graph = (
        NLayers(layers=(4,), activation="Sigmoid").graph((5,), one_head(3)).build((5,), rng=Rng(0), dtype=np.float64)
    )
    subject = Subject(graph, CrossEntropy(), Optimizer(Adam()))
    ((words, variant),) = CONVENTIONS.get("SigmoidShape")().variants(subject)
    assert words == "three straight lines"
    x = np.random.default_rng(0).normal(size=(6, 5))
    plain, other = (each.forward(x, Context(training=True), keep=True)[1].outputs for each in (graph, variant.graph))
    np.testing.assert_array_equal(other["batch_norm_1"], plain["batch_norm_1"])
    lines = np.clip(plain["batch_norm_1"] / 6 + 0.5, 0, 1)
    np.testing.assert_allclose(other["activation_1"], lines, rtol=1e-15)
