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


def test_what_is_a_part_of_no_other_phase_is_one_of_the_rest(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.perf_counter", lambda: now[0])

    def takes(seconds):
        now[0] += seconds

    timed = Stopwatch()
    timed("forward", takes, 1.0)
    with timed.rest("forward"):
        takes(0.25)
        timed("forward", takes, 2.0)
        timed("backward", takes, 4.0)
        takes(0.5)
    assert timed.seconds == {"forward": 3.75, "backward": 4.0}
