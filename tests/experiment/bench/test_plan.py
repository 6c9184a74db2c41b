"""Which cells there are."""

import importlib.util
from collections.abc import Callable

import pytest

from nnlab.core.errors import MissingError
from nnlab.experiment.bench.plan import Axes, plan
from nnlab.experiment.experiment import Experiment

Made = Callable[..., Experiment]
BOTH = Axes(("numpy", "torch"), ("Vips", "ImageMagick"))


def test_cells_are_backends_times_image_libraries(experiment: Made) -> None:
    cells = plan([(experiment(), BOTH)]).cells
    assert [cell.label for cell in cells] == [
        "numpy · Vips", "numpy · ImageMagick", "torch · Vips", "torch · ImageMagick",
    ]  # fmt: skip
    for cell in cells:  # what is saved says the same as what is run
        assert f'backend = "{cell.experiment.run.backend}"' in cell.experiment.to_toml()
        assert f'data_loader = "{cell.experiment.data.data_loader}"' in cell.experiment.to_toml()


def test_nothing_named_leaves_an_experiment_its_own(experiment: Made) -> None:
    cells = plan([(experiment(backend="torch", data_loader="ImageMagick"), Axes())]).cells
    assert [cell.label for cell in cells] == ["torch · ImageMagick"]


def test_each_kind_of_peer_is_there_once_for_each_experiment(experiment: Made) -> None:
    planned = plan([(experiment(exp_id="a"), BOTH), (experiment(exp_id="b"), Axes())], peers=True)
    peers = [(cell.experiment.run.exp_id, cell.label) for cell in planned.cells if cell.peer]
    names = ["sklearn · Vips", "torch loop · Vips", "torch loop, fused · Vips"]
    assert peers == [(exp_id, name) for exp_id in "ab" for name in names]
    assert planned.notes == ()
    sklearn = next(cell for cell in planned.cells if cell.backend == "sklearn")
    assert sklearn.note == "ReLU in place of LeakyReLU, no BatchNorm"


@pytest.mark.parametrize(
    ("settings", "left_out"),
    [
        ({"dropout_rate": "0.2"}, {"sklearn": "Dropout"}),
        ({"rot_angle": "5"}, {"sklearn": "augmented"}),
        ({"mixup": "0.2"}, dict.fromkeys(("sklearn", "torch loop", "torch loop, fused"), "mixed samples")),
        ({"optimizer": "RMSProp"}, dict.fromkeys(("sklearn", "torch loop", "torch loop, fused"), "RMSProp")),
        ({"schedule": "Cosine"}, dict.fromkeys(("sklearn", "torch loop", "torch loop, fused"), "Cosine")),
        ({"accumulate": "2"}, dict.fromkeys(("sklearn", "torch loop", "torch loop, fused"), "one minibatch")),
        ({"clip_norm": "1"}, dict.fromkeys(("sklearn", "torch loop", "torch loop, fused"), "clipping")),
        ({"loss": "MeanSquaredError"}, dict.fromkeys(("sklearn", "torch loop", "torch loop, fused"), "MeanSq")),
        ({"activation": "Tanh", "batch_norm": "false"}, {}),
        ({"model": "OneLayer"}, {}),
    ],
)
def test_what_a_peer_cannot_do_is_left_out_and_said(
    experiment: Made, settings: dict[str, str], left_out: dict[str, str]
) -> None:
    planned = plan([(experiment(**settings), Axes())], peers=True)
    there = {cell.backend for cell in planned.cells if cell.peer}
    assert there == {"sklearn", "torch loop", "torch loop, fused"} - set(left_out)
    assert len(planned.notes) == len(left_out)
    for note, (name, why) in zip(planned.notes, left_out.items(), strict=True):
        assert note.startswith(f"main: {name} is left out: ") and why in note


def test_without_scikit_learn_it_says_what_to_type(experiment: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "sklearn" else found(name))
    with pytest.raises(MissingError, match=r"scikit-learn is not installed; type: .*pip install scikit-learn"):
        plan([(experiment(), BOTH)], peers=True)
    assert len(plan([(experiment(), BOTH)]).cells) == 4  # nobody else needs it
