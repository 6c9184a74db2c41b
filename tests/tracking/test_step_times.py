from dataclasses import replace

import pytest

from nnlab.core.quartiles import Quartiles
from nnlab.tracking.step_times import StepTimes

DOCUMENT = {
    "count": 11,
    "first": {"ms": 35.5, "cpu_ms": 30.0},
    "ms": {"median": 4.0, "quartiles": [3.0, 5.0]},
    "cpu_ms": {"median": 3.5, "quartiles": [3.0, 4.0]},
    "disturbed": 0.2,
    "undisturbed": {"ms": {"median": 3.75, "quartiles": [3.0, 4.0]}, "cpu_ms": None},
}
WHOLE = StepTimes(11, 35.5, Quartiles(3, 4, 5), Quartiles(3, 3.5, 4), 0.2, Quartiles(3, 3.75, 4))


def test_what_a_summary_says_is_read():
    assert StepTimes.read(DOCUMENT) == WHOLE


@pytest.mark.parametrize("document", [None, {}, 3, {"count": 0}, {"count": "many"}, {"count": -1}])
def test_a_run_of_an_earlier_nnlab_or_without_a_step_has_none(document):
    assert StepTimes.read(document) is None


def test_what_is_damaged_is_as_what_is_not_there():
    odd = {"count": 2, "first": 7, "ms": [1], "cpu_ms": {"median": None}, "disturbed": "often", "undisturbed": []}
    assert StepTimes.read(odd) == StepTimes(2, None, None, None, None, None)


def test_of_several_runs_the_median_and_every_step_counts():
    short = replace(WHOLE, count=2, first_ms=100.0, ms=Quartiles(8, 9, 10), disturbed=1.0, undisturbed_ms=None)
    found = StepTimes.together([WHOLE, WHOLE, short])
    assert found == replace(WHOLE, count=24, disturbed=pytest.approx(5 / 21))
    assert StepTimes.together([]) is None
    silent = replace(WHOLE, disturbed=None, undisturbed_ms=None)
    assert StepTimes.together([silent, silent]) == replace(silent, count=22)


def test_words_say_what_is_known():
    assert WHOLE.words == (
        "A step took 4.00 (3.00 to 5.00) ms, 3.5 of the processor, the first 35.5 ms. "
        "The system gave the processor to others during 20% of them; undisturbed 3.75 (3.00 to 4.00) ms."
    )
    assert "does not say" in replace(WHOLE, disturbed=None).words
    assert replace(WHOLE, disturbed=0.0).words.endswith("during 0% of them.")
    assert StepTimes(1, 35.5, None, None, None, None).words == "One step: the first 35.5 ms."
