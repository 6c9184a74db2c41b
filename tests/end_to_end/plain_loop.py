"""A training loop in plain torch, as anybody would write it: what a training by nnlab is held against."""

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn


def minibatches(run: Path) -> list[list[int]]:
    """Which pictures of a file of arrays each minibatch of a run had, by its `--dump-minibatches`."""
    lines = (run / "minibatches.jsonl").read_text().splitlines()
    return [[int(re.sub(".*#", "", name)) for name in json.loads(line)["sources"]] for line in lines]


def scaled(pictures: Tensor, dtype: torch.dtype) -> Tensor:
    """Pictures of 0 to 255 as numbers of 0 to 1.

    Shapes:  pictures: (samples, height, width, channels)   returns: (samples, channels, height, width)
    """
    return pictures.permute(0, 3, 1, 2).contiguous().to(dtype) / 255


def learn(
    network: nn.Module,
    pictures: Tensor,
    labels: Tensor,
    steps: Iterable[Sequence[int]],
    optimizer: torch.optim.Optimizer,
) -> None:
    """A step of each minibatch."""
    network.train()
    for chosen in steps:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(pictures[chosen]), labels[chosen])
        loss.backward()
        optimizer.step()


def adam_w(network: nn.Module, rate: float, decay: float) -> torch.optim.Optimizer:
    """Weights alone decay, as everywhere in nnlab: no shift, and no scale of a BatchNorm."""
    weights = [value for value in network.parameters() if value.ndim > 1]
    others = [value for value in network.parameters() if value.ndim == 1]
    groups = [{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, rate)


def right(network: nn.Module, pictures: Tensor, labels: Tensor) -> float:
    """The share of pictures that get their label."""
    network.eval()
    with torch.no_grad():
        found = torch.cat([network(some).argmax(1) for some in pictures.split(64)])
    return float((found == labels).double().mean())
