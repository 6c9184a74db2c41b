"""Forks: what goes on from a run's state as another experiment, with settings that differ from there on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.experiment.experiment import Experiment, Resumed
from nnlab.optimizers.averaging import AVERAGE
from nnlab.optimizers.optimizer import HALVINGS

WATCH = "DivergenceGuard"
"""What counts how training diverges, by the name of its class."""

RUN = frozenset({"accumulate", "unfreeze_at", "batch_norm_statistics", "model_seed", "freeze_observers", "freeze_bn"})
"""Options of the run that a fork may change."""

DATA = frozenset({
    "max_minibatch_size", "nbr_clones", "rot_angle", "noise_intensity", "augment", "mixup", "cutmix",
    "augmentation_strength", "order_seed",
})  # fmt: skip
"""Options of the data that a fork may change: how is trained, not which samples are, and what they look like."""

SECTIONS = frozenset({"optimizer", "schedule", "loss"})
"""Sections of which a fork may change everything."""


def may_change(section: str, key: str) -> bool:
    """Whether a state that was saved serves a run that differs in this: the network, and what is held out, stay."""
    if section == "run":
        return key in RUN
    if section == "data":
        return key in DATA
    return section in SECTIONS or (section == "model" and key != "model")


def forked(resumed: Resumed, now: Experiment, before: Experiment, changed: Mapping[str, Any]) -> Resumed:
    """The state as another experiment goes on from it.

    The history and the best weights stay: what judges them is the same. An epoch that was begun is begun anew, and so
    is the watch for divergence. Another update rule begins with no memory; one that is the same keeps its own.

    Options:  changed: what each setting was, and what it is, by its name.
    """
    kept = resumed.checkpoint
    state = kept.optimizer_state
    if state and type(now.optimizer.rule) is not type(before.optimizer.rule):
        state = {"step": np.asarray(0)} | _averages(state)
    if "optimizer.learning_rate" in changed:  # a rate that somebody chooses is meant as it is
        state = {name: array for name, array in state.items() if name != HALVINGS}
    if not now.optimizer.ema:
        state = {name: array for name, array in state.items() if name not in _averages(state)}
    counts = {name: counted for name, counted in kept.counts.items() if name != WATCH}
    if first := kept.counts.get(WATCH, {}).get("first"):
        counts[WATCH] = {"first": first}  # the first loss says how large losses are
    checkpoint = replace(
        kept, optimizer_state=state, counts=counts, open_epoch={}, good_state={}, good_optimizer_state={}
    )
    return replace(resumed, checkpoint=checkpoint, changed=changed)


def _averages(state: Mapping[str, Array]) -> dict[str, Array]:
    return {name: array for name, array in state.items() if name.endswith(f"/{AVERAGE}")}
