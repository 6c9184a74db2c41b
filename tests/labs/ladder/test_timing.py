"""Warm-up, turns, percentiles and ratios, by a clock that is scripted."""

import pytest

from nnlab.labs.ladder.timing import Call, Protocol, clocked, disturbed_share, interleaved, percentiles, ratio, warm_up


def of(*ms: float) -> list[Call]:
    return [Call(value, False, turn) for turn, value in enumerate(ms)]


def test_percentiles_by_the_nearest_rank() -> None:
    assert percentiles(range(1, 101)) == {"p50": 50, "p90": 90, "p99": 99}
    assert percentiles([3, 1, 2]) == {"p50": 2, "p90": 3, "p99": 3}
    assert percentiles([]) is None


def test_a_process_has_its_share_of_calls_and_seconds() -> None:
    assert Protocol(200, 3.0, 1.0, 3).share == Protocol(67, 1.0, 1.0, 1)


def test_warm_up_ends_when_the_median_of_ten_settles() -> None:
    taken = iter([9.0] * 10 + [5.0] * 10 + [4.0] * 10 + [3.9] * 10 + [0.0] * 10)
    assert warm_up(lambda: (next(taken), False), 0.0) == 40  # 3.9 is within 5% of 4.0


def test_turns_go_on_until_each_has_its_calls_and_its_time() -> None:
    calls = {"quick": lambda: (0.1, False), "slow": lambda: (10.0, True)}
    told = interleaved(calls, Protocol(calls=20, seconds=0.004, warm_up_seconds=0, processes=1))
    assert len(told["slow"]) == 20 and len(told["quick"]) == 40  # 4 ms are 40 calls of 0.1 ms
    assert [call.round for call in told["slow"]] == list(range(20)) and told["slow"][0].disturbed
    assert [call.round for call in told["quick"]] == list(range(40))


def test_where_the_system_does_not_say_no_share_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlab.training.clock.usage", lambda: (0.0, None))
    told = interleaved({"call": clocked(lambda: None)}, Protocol(3, 0, 0, 1))["call"]
    assert [call.disturbed for call in told] == [None] * 3 and disturbed_share(told) is None
    assert disturbed_share([Call(1.0, True, 0), *of(1.0, 2.0, 3.0)]) == 0.25 and disturbed_share([]) is None


def test_calls_are_added_up_once_however_many_rounds_there_are() -> None:
    looked = 0

    class Ms(float):
        def __radd__(self, other: float) -> float:
            nonlocal looked
            looked += 1
            return other + float(self)

    told = interleaved({"quick": lambda: (Ms(0.5), False)}, Protocol(1, 0.1, 0, 1))
    assert len(told["quick"]) == looked == 200  # 0.1 s of 0.5 ms


def test_the_order_of_a_round_moves_on_by_one() -> None:
    order: list[str] = []

    def call(name: str) -> tuple[float, bool]:
        order.append(name)
        return 1.0, False

    interleaved({n: (lambda n=n: call(n)) for n in "abc"}, Protocol(3, 0.0, 0, 1))  # type: ignore[misc]
    assert "".join(order) == "abcbcacab"


def test_a_ratio_is_of_calls_of_the_same_round() -> None:
    first, second = [of(1, 2, 4), of(2, 2)], [of(2, 2, 2), of(1, 1)]
    found = ratio(first, second)
    assert found is not None
    assert found.median == 0.5 and found.by_process == (1.0, 0.5)  # 2, 1, 0.5; 0.5, 0.5
    assert found.quartiles == pytest.approx((0.5, 1.0))
    assert ratio([of(1)], [[Call(1, False, 7)]]) is None


def test_the_clock_tells_milliseconds() -> None:
    ms, _ = clocked(lambda: sum(range(1000)))()
    assert 0 < ms < 1000
