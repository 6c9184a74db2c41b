"""Figures at several scales: of a task that asks for them, on a network that is for any size."""

import numpy as np
import pytest

from nnlab.core.heads import OUTPUT
from nnlab.core.rng import Rng
from nnlab.data.makers.shapes import Shapes
from nnlab.data.makers.write import write_dataset
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import load, survey
from nnlab.data.readers.masks import Masks
from nnlab.experiment.scales import at_scales
from nnlab.experiment.wide import Wide
from nnlab.metrics.counts import MeanIoU
from nnlab.models.u_net import UNet
from nnlab.tasks.segmentation import Segmentation
from nnlab.training.scoring import Judgement


class Knows:
    """A learner that tells dark things on a light ground, at any size."""

    def __init__(self):
        self.sizes = []

    def predict(self, x):
        self.sizes.append(x.shape[1:3])
        dark = x.mean(axis=-1) < 0.5
        return {OUTPUT: np.stack([~dark, dark], axis=-1).astype(float)}


@pytest.fixture
def data(tmp_path, cache_folder):
    folder = tmp_path / "set"
    write_dataset(Shapes(images=12, size=32, objects=1, noise=0), folder)
    from PIL import Image

    for path in (folder / "masks").glob("*.png"):
        mask = np.minimum(np.asarray(Image.open(path)), 1)
        Image.fromarray(mask).save(path)
        Image.fromarray(np.where(mask, 20, 240).astype(np.uint8)).save(folder / "images" / path.name)
    (folder / "masks" / "classes.txt").write_text("ground\nthing\n")
    options = DataOptions(dataset="set", datasets_path=str(tmp_path), resize=(32, 32), flatten=False)
    return load(options, outline=survey(options, reader=Masks()))


def test_answers_are_brought_back_to_the_size_of_their_truths(data):
    learner, task = Knows(), Segmentation()
    network = UNet(base=1, depth=2).network((32, 32, 3), task.heads(("a", "b"), (32, 32, 3)))
    network.build((32, 32, 3), rng=Rng(0), dtype=np.float32)
    wide = Wide.of(learner, network, task, ("a", "b"), None)
    found = at_scales(data, Judgement.by(task, MeanIoU()), wide)
    assert (found["partition"], found["samples"]) == ("test", len(data.test))
    rows = {row["scale"]: row["mean_iou"] for row in found["rows"]}
    assert list(rows) == [0.5, 0.75, 1.0, 1.25, 1.5, 2.0]
    assert rows[1.0] == 1.0  # at its own size it is always right; at others edges are off by a part of a pixel
    assert rows[0.5] < 1 and all(0.7 < figure <= 1 for figure in rows.values())
    assert set(learner.sizes) == {(side, side) for side in (16, 24, 32, 40, 48, 64)}


def test_a_task_without_scales_has_none(data):
    class Still(Segmentation):
        scales = ()

    assert at_scales(data, Judgement.by(Still(), MeanIoU()), None) is None
