from nnlab.core.stopwatch import Stopwatch, untimed


def test_seconds_of_a_phase_add_up_and_results_come_through():
    settled = []
    timed = Stopwatch(lambda: settled.append(None))
    assert timed("sum", sum, [1, 2]) == 3
    once = timed.seconds["sum"]
    assert timed("sum", sorted, [2, 1], reverse=True) == [2, 1]
    assert 0 <= once <= timed.seconds["sum"]
    assert len(settled) == 2


def test_untimed_only_calls():
    assert untimed("sum", sorted, [2, 1], reverse=True) == [2, 1]
