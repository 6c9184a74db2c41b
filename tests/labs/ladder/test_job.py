"""What a process of a ladder is told, and what it does between calls."""

from nnlab.experiment.bench.gate import at_rest
from nnlab.labs.ladder.job import rest_of


def test_threads_that_spin_are_waited_for_and_nothing_else_is() -> None:
    assert rest_of({"threads": 1, "rungs": ["onnxruntime-all", "onnxruntime-threads"]}) is at_rest
    assert rest_of({"threads": 2, "rungs": ["onnxruntime-all"]}) is at_rest
    assert rest_of({"threads": 1, "rungs": ["onnxruntime-all"]}) is not at_rest
