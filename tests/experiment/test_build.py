"""Parts of an experiment: what two runs of one experiment may not share."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.data.readers.class_folders import ClassFolders
from nnlab.experiment.build import build
from nnlab.experiment.config import resolve
from nnlab.experiment.sources import from_flags
from nnlab.experiment.trainer import trainer_of
from nnlab.tasks.detection import Detection


def test_a_second_run_of_an_experiment_starts_as_the_first_did(
    repository: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    experiment = resolve(from_flags({"dataset": "colors", "model": "NLayers", "layers": (4,), "resize": (8, 8)}))
    weights = []
    for _ in range(2):
        parts = build(experiment)
        batch = next(iter(parts.data.training.batches(0)))
        parts.learner.learn(batch, rng=Rng(0), epoch=0, epochs=1)
        parts.learner.learn(batch, rng=Rng(0).at(1), epoch=0, epochs=1)
        weights.append(parts.learner.state())
    for name, first in weights[0].items():
        np.testing.assert_array_equal(weights[1][name], first, err_msg=name)


def test_a_layer_to_follow_that_is_not_there_is_refused_with_near_names(blobs: Path) -> None:
    said = {"datasets_path": str(blobs), "dataset": "blobs", "model": "NLayers", "track_layer": ("dens_1,2",)}
    with pytest.raises(UsageError, match="did you mean dense_1"):
        build(resolve(from_flags(said)))


def test_a_dataset_is_found_and_split_once(blobs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = resolve(from_flags({"datasets_path": str(blobs), "dataset": "blobs", "resize": (8, 8)}))
    found, find = [], ClassFolders.find
    monkeypatch.setattr(ClassFolders, "find", lambda self, folder: (found.append(folder), find(self, folder))[1])
    build(experiment)
    assert len(found) == 1


def test_targets_terms_and_answers_are_those_of_the_task_that_was_fitted(
    tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "datasets" / "boxes"
    folder.mkdir(parents=True)
    rows = ["file,class,x0,y0,x1,y1"]
    for number in range(10):
        Image.fromarray(np.full((16, 16), 20 * number, np.uint8)).save(folder / f"{number}.png")
        rows.append(f"{number}.png,{'ab'[number % 2]},2,2,{(6, 14)[number % 2]},8")  # two sizes, fewer than anchors
    (folder / "boxes.csv").write_text("\n".join(rows) + "\n")
    said = {"task": "Detection", "boxes_by": "Anchors", "anchors": 3, "dataset": "boxes", "resize": (16, 16), "base": 4}
    experiment = resolve(from_flags({"datasets_path": str(tmp_path / "datasets"), **said}))
    parts = build(experiment)
    assert isinstance(parts.task, Detection) and parts.task.record == {"anchors": [[0.25, 0.375], [0.75, 0.375]]}
    assert sorted(parts.network.heads) == ["change_1", "change_2", "scores_1", "scores_2"]
    trainer = trainer_of(experiment, parts, ())
    assert trainer.judgement.task is parts.task
    parts.learner.learn(next(iter(parts.data.training.batches(0))), rng=Rng(0), epoch=0, epochs=1)
