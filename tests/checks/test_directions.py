"""One direction over many parameters: right gradients pass, a wrong one in any parameter is found and named."""

import numpy as np
import pytest

from nnlab.checks.directions import by_kind, by_layer, check_directions
from nnlab.checks.gradients import THRESHOLD
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.hand_probe import HandProbe
from nnlab.models.n_layers import NLayers
from nnlab.models.objective import Objective
from nnlab.testing.batches import labelled, one_head
from tests.checks.planted_probe import PlantedProbe


def probe() -> HandProbe:
    generator = Rng(3).generator()
    graph = NLayers(layers=(30, 20)).graph((50,), one_head(4)).build((50,), rng=Rng(0), dtype=np.float64)
    batch = labelled(generator.random((4, 50)), np.eye(4), [str(i) for i in range(4)])
    return HandProbe(Objective(graph, CrossEntropy(), None), batch, rng=Rng(1))


NAMES = list(probe().parameters)


def test_names_are_grouped_by_layer_and_by_kind() -> None:
    values = {"a.w": np.ones((2, 2)), "a.b": np.ones(2), "net.fire/w_0": np.ones((3, 3, 2, 2)), "17": np.ones(3)}
    assert by_layer(values) == {"a": ["a.w", "a.b"], "net.fire": ["net.fire/w_0"], "17": ["17"]}
    assert by_kind(values) == {
        "all parameters of 2 axes": ["a.w"],
        "all parameters of 1 axes": ["a.b", "17"],
        "all parameters of 4 axes": ["net.fire/w_0"],
    }


@pytest.mark.parametrize("grouped", [by_layer, by_kind])
def test_right_gradients_get_a_verdict_for_every_group(grouped) -> None:
    one = probe()
    before = {name: value.copy() for name, value in one.parameters.items()}
    groups = grouped(one.parameters)
    report = check_directions(one, Rng(2), groups)
    assert [verdict.parameter for verdict in report.verdicts] == list(groups)
    assert {verdict.verdict for verdict in report.verdicts} <= {"ok", "no signal"}
    assert report.worst_distance <= THRESHOLD
    for name, value in one.parameters.items():
        np.testing.assert_array_equal(value, before[name])


@pytest.mark.parametrize("factor", [-1.0, 0.99, 2.0])
@pytest.mark.parametrize("grouped", [by_layer, by_kind])
@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_gradient_is_found_and_named(name, grouped, factor) -> None:
    failed = check_directions(PlantedProbe(probe(), name, factor), Rng(2), grouped(probe().parameters)).failed
    assert [verdict.parameter for verdict in failed] == [name]


def test_few_passes_are_needed() -> None:
    one, passes = probe(), list[str | None]()
    value = one.value
    one.value = lambda changed=None: passes.append(changed) or value(changed)  # type: ignore[method-assign]
    check_directions(one, Rng(2), by_kind(one.parameters))
    assert len(passes) <= 1 + 4 * len(by_kind(one.parameters))
