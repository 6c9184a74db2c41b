"""Keyword arguments become settings."""

from pathlib import Path

import numpy as np

import nnlab
from nnlab.api.keywords import from_keywords, plain


def test_components_bring_the_options_that_differ_from_their_defaults() -> None:
    said = from_keywords(
        {"optimizer": nnlab.optimizers.Momentum(decay=0.8), "model": nnlab.models.NLayers, "loss": None}
    )
    assert said.values == {"optimizer": "Momentum", "optimizer.decay": 0.8, "model": "NLayers"}
    assert from_keywords({"Optimizer": nnlab.optimizers.Adam()}).values == {"optimizer": "Adam"}


def test_values_are_python_s_own() -> None:
    assert plain(Path("a/b")) == "a/b" and plain(np.int64(3)) == 3 and type(plain(np.bool_(True))) is bool
    assert plain(np.array([1, 2])) == (1, 2) and plain([np.float64(0.5), Path("x")]) == (0.5, "x")


def test_a_seed_is_both_seeds() -> None:
    assert from_keywords({"seed": 3}).values == {"model_seed": 3, "dataset_seed": 3}
