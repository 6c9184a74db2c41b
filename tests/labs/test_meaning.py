"""What makes a training what it is."""

from pathlib import Path
from typing import Any

import pytest

from nnlab.data.pipeline import load
from nnlab.experiment.build import outlined
from nnlab.experiment.config import resolve
from nnlab.experiment.sources import SettingsSource
from nnlab.labs.cell import digest
from nnlab.labs.kinds.train import experiment_of, train_cell
from nnlab.labs.meaning import content_of, meaning
from nnlab.labs.sources import digest_named


def identity(content: str = "0" * 16, **settings: Any) -> str:
    return digest(meaning(resolve(SettingsSource("flag", {"dataset": "numbers", **settings})), content))


@pytest.mark.parametrize(
    "settings", [{"exp_id": "x"}, {"runs_dir": "elsewhere"}, {"workers": 1}, {"threads": 1}, {"gradient_checks": "off"}]
)
def test_places_names_and_watching_do_not_count(settings: dict[str, Any]) -> None:
    assert identity(**settings) == identity()


@pytest.mark.parametrize(
    "settings", [{"model_seed": 1}, {"order_seed": 1}, {"epochs": 3}, {"model": "NLayers"}, {"content": "1" * 16}]
)
def test_what_changes_the_result_counts(settings: dict[str, Any]) -> None:
    assert identity(**settings) != identity()


def test_content_is_that_of_the_prepared_data(tmp_path: Path) -> None:
    experiment = resolve(SettingsSource("flag", {"dataset": "colors", "resize": (4, 4)}))
    outline = outlined(experiment)
    assert content_of(experiment, outline) == load(experiment.data, outline=outline).content


def test_an_edited_layer_makes_another_training(monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = resolve(SettingsSource("flag", {"dataset": "numbers", "model": "SmallCnn"}))
    said = meaning(experiment, "")["components"]
    for name in ("layers/conv2d", "layers/batch_norm", "models/small_cnn", "optimizers/adam", "data/steps/resize"):
        assert len(said[f"nnlab/{name}.py"]) == 16
    assert meaning(experiment, "")["components"] is said  # its repeats need not build it again

    def edited(name: str) -> str:
        return "edited" if name == "nnlab/layers/conv2d.py" else digest_named(name)

    monkeypatch.setattr("nnlab.labs.components.digest_named", edited)
    monkeypatch.setattr("nnlab.labs.meaning._FOUND", {})
    assert digest(meaning(experiment, "")) != digest({**meaning(experiment, ""), "components": said})


def test_a_cell_gives_its_experiment_back_and_minds_the_threads_that_it_is_timed_with() -> None:
    made = [
        resolve(
            SettingsSource("flag", {"dataset": "numbers", "model": "NLayers", "layers": (3, 2), "threads": threads})
        )
        for threads in (1, 2)
    ]
    cells = [train_cell("a", experiment, "0" * 16) for experiment in made]
    assert experiment_of(cells[0].job).settings == made[0].settings
    assert cells[0].identity != cells[1].identity
