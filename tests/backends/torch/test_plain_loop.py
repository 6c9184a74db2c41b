"""The hand-written loop does the work that our own backends do: else it would be no measure of them."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed (extra [torch])")

import torch

from nnlab.backends.base import Engine
from nnlab.backends.torch.plain_loop import PlainLoop
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.data.pipeline import Data
from nnlab.experiment.build import build
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.sources import from_flags
from nnlab.testing.batches import one_head
from nnlab.training.scoring import Judgement, score

BASE = {"dataset": "blobs", "resize": "12,12", "model": "NLayers", "layers": "8,5", "dtype": "float64", "threads": "1"}


def loop_of(experiment: Experiment, data: Data, fused: bool | None) -> tuple[PlainLoop, dict[str, Array]]:
    """The loop with nnlab's weights in it, and these weights."""
    network = experiment.model.graph(data.sample_shape, one_head(len(data.names)))
    network.build(data.sample_shape, rng=Rng(experiment.run.model_seed).at("weights"), dtype=np.float64)
    loop = PlainLoop(
        network,
        rule=experiment.chosen["optimizer"],
        optimizer=experiment.optimizer,
        engine=Engine(device="cpu", threads=1),
        seed=0,
        fused=fused,
    )
    first = [parameter.value for parameter in network.parameters]
    with torch.no_grad():
        for tensor, value in zip(loop.parameters, first, strict=True):
            tensor.copy_(torch.from_numpy(value.T if value.ndim == 2 else value))
    return loop, {parameter.name: parameter.value for parameter in network.parameters}


@pytest.mark.parametrize("fused", [None, True])
@pytest.mark.parametrize(
    "settings",
    [{}, {"batch_norm": "false", "activation": "Tanh"}, {"optimizer": "Constant", "max_minibatch_size": "9"}],
)
def test_it_trains_as_nnlab_does(blobs: Path, settings: dict[str, str], fused: bool | None) -> None:
    experiment = resolve(from_flags({**BASE, "datasets_path": str(blobs), **settings}))
    parts = build(experiment)
    loop, names = loop_of(experiment, parts.data, fused)
    for epoch in (1, 2, 3):
        loop.train(parts.data, epoch)
        for index, batch in enumerate(parts.data.training.batches(epoch)):
            rng = Rng(0).at("step", epoch, index)
            parts.learner.learn(batch, rng=rng, epoch=epoch - 1, epochs=3)
    state = parts.learner.state()
    for tensor, name in zip(loop.parameters, names, strict=True):
        mine = tensor.detach().numpy()
        mine = mine.T if mine.ndim == 2 else mine
        assert (mine.shape, mine.dtype) == (state[name].shape, np.float64)
        # a handful of steps in float64: rounding alone stays far below, another formula far above
        np.testing.assert_allclose(mine, state[name], rtol=1e-9, atol=1e-11, err_msg=name)
    loop.keep()
    running = [value.numpy() for name, value in loop.kept.items() if "running" in name]
    wanted = [value for name, value in state.items() if "running" in name]
    for mine, value in zip(running, wanted, strict=True):
        np.testing.assert_allclose(mine, value, rtol=1e-9, atol=1e-11)
    (dev,) = parts.data.dev.batches()
    judgement = Judgement.by(experiment.task, experiment.accuracy)
    assert loop.accuracy(dev) == score(parts.learner, [dev], judgement).figures["accuracy"]
    assert 0 <= loop.right <= len(parts.data.training)
    assert np.isfinite(loop.lost)


def test_it_keeps_copies_that_training_does_not_touch(blobs: Path) -> None:
    experiment = resolve(from_flags({**BASE, "datasets_path": str(blobs)}))
    data = build(experiment).data
    loop, _ = loop_of(experiment, data, None)
    loop.keep()
    before = {name: value.clone() for name, value in loop.kept.items()}
    loop.train(data, 1)
    assert all(torch.equal(before[name], loop.kept[name]) for name in before)
    assert not torch.equal(before["0.weight"], loop.parameters[0])
