"""A training ends with the weights and statistics of a loop in plain torch: the same start, the same minibatches."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from torch import nn

from nnlab.cli.main import main
from nnlab.data.pipeline import survey
from nnlab.experiment.build import graph
from nnlab.experiment.config import resolve
from nnlab.experiment.sources import from_flags
from tests.end_to_end.plain_loop import adam_w, learn, minibatches, scaled
from tests.experiment.published.networks import resnet18

CLASSES, RATE, DECAY = 3, 1e-3, 0.01


RULES: dict[str, Callable[[nn.Module], torch.optim.Optimizer]] = {
    "Constant": lambda network: torch.optim.SGD(network.parameters(), RATE),
    "AdamW": lambda network: adam_w(network, RATE, DECAY),
}


@pytest.mark.parametrize(("rule", "backend", "bound"), [("Constant", "torch", 1e-11), ("AdamW", "numpy", 1e-7)])
def test_the_weights_are_those_of_a_plain_loop(tmp_path: Path, rule: str, backend: str, bound: float) -> None:
    """AdamW divides by the size of each gradient: of those that are nearly 0, most is rounding."""
    chance = np.random.default_rng(0)
    pictures = chance.integers(0, 256, (20, 48, 64, 3), dtype=np.uint8)  # no square: a turned kernel would show
    labels = chance.integers(0, CLASSES, 20)
    np.savez(tmp_path / "drawn.npz", x=pictures, y=labels)
    torch.manual_seed(0)
    network = resnet18(CLASSES).double()
    start, end, runs = (tmp_path / name for name in ("start.pth", "end.pth", "runs"))
    torch.save(network.state_dict(), start)

    flags = {
        "dataset": str(tmp_path / "drawn.npz"), "resize": "64,48", "input_scaling": "0..1", "dtype": "float64",
        "model": "ResNet18", "weights": str(start), "optimizer": rule, "learning_rate": str(RATE),
        "weight_decay": str(DECAY) if rule == "AdamW" else "0", "epochs": "1", "max_minibatch_size": "7",
        "backend": backend, "threads": "1",
    }  # fmt: skip
    words = [f"--{name.replace('_', '-')}={value}" for name, value in flags.items()]
    more = ("--dump-minibatches", "--eval-dev=false", "--gradient-checks=off", f"--runs-dir={runs}", "-q")
    assert main(["train", *words, *more]) == 0

    steps = minibatches(runs / "latest")
    assert [len(step) for step in steps] == [7, 7]
    inputs = scaled(torch.from_numpy(pictures), torch.float64)
    learn(network, inputs, torch.from_numpy(labels), steps, RULES[rule](network))
    torch.save(network.state_dict(), end)

    experiment = resolve(from_flags({**flags, "weights": str(end)}))
    wanted = graph(experiment, survey(experiment.data)).state()
    found = load_file(runs / "latest" / "weights" / "last.safetensors")
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        np.testing.assert_allclose(found[name], value, rtol=0, atol=bound * np.abs(value).max(), err_msg=name)
