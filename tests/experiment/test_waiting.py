from types import SimpleNamespace

import pytest

from nnlab.data.options import DataOptions
from nnlab.experiment import waiting as module
from nnlab.experiment.waiting import makes_ahead, waiting


@pytest.fixture(autouse=True)
def _four_cores(monkeypatch):
    monkeypatch.setattr(module, "usable_cores", lambda: 4)
    monkeypatch.setattr("nnlab.data.augment.usable_cores", lambda: 4)


def told(load_s: float, *, elapsed_s: float = 10.0, images_s: float = 0.0, **options):
    result = SimpleNamespace(phases_s={"load": load_s}, elapsed_s=elapsed_s)
    return waiting(result, DataOptions(**options), SimpleNamespace(seconds=images_s))


def test_the_share_is_of_the_time_that_training_took():
    assert told(1.5) == {"seconds": 1.5, "share": 0.15, "advice": None}
    assert told(0.0, elapsed_s=0.0)["share"] == 0.0


def test_more_than_a_fifth_says_what_would_shorten_it():
    assert told(2.0, augment=("Blur",))["advice"] is None
    assert told(4.0, augment=("Blur", "Hue"), resize=(96, 64))["advice"] == (
        "40% of training waited for data: try fewer --augment steps (Blur, Hue), "
        "a smaller --resize than 96,64 or --workers=4"
    )


def test_what_does_not_apply_is_not_said():
    assert told(4.0, augment=("Blur",), resize=(32, 32), workers=4)["advice"] == (
        "40% of training waited for data: try fewer --augment steps (Blur)"
    )
    assert told(4.0, resize=(32, 32))["advice"] == "40% of training waited for data: try a smaller --max-minibatch-size"
    assert told(4.0)["advice"] == "40% of training waited for data: try a smaller --resize than 110,110"


def test_a_wait_of_less_than_a_second_is_not_worth_a_line():
    assert told(0.9, elapsed_s=1.0)["advice"] is None


def test_images_that_are_prepared_anew_each_time_are_worth_a_cache():
    assert told(0.0, images_s=10.0)["advice"] is None
    assert told(0.0, images_s=10.0, disk_cache=False)["advice"] == (
        "50% of the time went into preparing images: --disk-cache=true keeps them for the next run"
    )


@pytest.mark.parametrize(
    ("cores", "threads", "device", "ahead"),
    [
        (2, 0, "cpu", False),  # both compute
        (2, 2, "cpu", False),
        (2, 1, "cpu", True),
        (2, 0, "cuda", True),
        (4, 0, "cpu", True),  # a small network's step keeps two of them busy
        (4, 4, "cpu", False),
    ],
)
def test_minibatches_are_made_ahead_where_a_core_is_free(monkeypatch, cores, threads, device, ahead):
    monkeypatch.setattr(module, "usable_cores", lambda: cores)
    random, still = (SimpleNamespace(training=SimpleNamespace(is_random=chance)) for chance in (True, False))
    assert makes_ahead(random, threads, device) is ahead
    assert not makes_ahead(still, threads, device)


def test_two_cores_are_not_told_to_make_batches_on_both(monkeypatch):
    monkeypatch.setattr(module, "usable_cores", lambda: 2)
    assert told(4.0, augment=("Blur",), resize=(32, 32))["advice"] == (
        "40% of training waited for data: try fewer --augment steps (Blur)"
    )
