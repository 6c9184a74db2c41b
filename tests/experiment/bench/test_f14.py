"""Which experiment is the reference's benchmark, beside which its figures may stand."""

from typing import Any

import pytest

from nnlab.experiment.bench.f14 import REPORTED, SETTINGS, is_f14
from nnlab.experiment.config import resolve
from nnlab.experiment.sources import from_flags


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"data_loader": "ImageMagick", "backend": "torch", "threads": 1, "model_seed": 3, "workers": 2}, True),
        ({"gradient_checks": "off"}, True),
        ({"epochs": 10}, False),
        ({"resize": (32, 32)}, False),
        ({"layers": (50,)}, False),
        ({"trim": False}, False),
        ({"learning_rate": 0.01}, False),
        ({"max_minibatch_size": 100}, False),
        ({"dataset": "colors"}, False),
    ],
)
def test_it_is_the_same_benchmark_with_the_same_work(change: dict[str, Any], same: bool) -> None:
    assert is_f14(resolve(from_flags({**SETTINGS, **change}))) is same


def test_what_was_reported_is_what_the_findings_say() -> None:
    assert [(each.backend, each.data_loader, each.seconds) for each in REPORTED] == [
        ("Torch", "ImageMagick", 5 * 60 + 23),
        ("Numo", "ImageMagick", 5 * 60 + 23),
        ("Numo", "Vips", 6 * 60 + 7),
        ("Torch", "Vips", 6 * 60 + 8),
    ]
