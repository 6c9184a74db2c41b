"""A small run for the tests of this room."""

from pathlib import Path

import pytest

import nnlab


@pytest.fixture(scope="session")
def small(blobs: Path, tmp_path_factory: pytest.TempPathFactory) -> nnlab.Run:
    """Three epochs of a small network on the blobs."""
    return nnlab.train(
        blobs / "blobs", model="NLayers", layers=(6,), epochs=3, resize=12, runs_dir=tmp_path_factory.mktemp("runs")
    )
