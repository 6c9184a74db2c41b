"""The cell's side: turns are waited for, epochs measured between."""

import hashlib
import io
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import nnlab.experiment.bench.gate as gate_module
from nnlab.experiment.bench.gate import Dismissed, Gate, Turns, at_rest


def gate(*granted: int) -> tuple[Gate, io.BytesIO]:
    told = io.BytesIO()
    return Gate(io.BytesIO(b"".join(json.dumps({"turn": n}).encode() + b"\n" for n in granted)), told), told


def messages(told: io.BytesIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in told.getvalue().splitlines()]


def test_every_epoch_of_a_turn_is_told_when_the_next_turn_is_asked_for() -> None:
    door, told = gate(1, 2, 5)
    turns = Turns(door, rest=lambda: None)
    for epoch in range(1, 5):
        turns.epoch_start(epoch)
        time.sleep(0.002)
        turns.epoch_end()
    assert [(m["event"], len(m["epochs"])) for m in messages(told)] == [("waiting", 0), ("waiting", 1), ("waiting", 2)]
    rest = turns.taken()
    assert len(rest) == 1 and turns.taken() == []
    every = [epoch for message in messages(told) for epoch in message["epochs"]] + rest
    assert all(epoch["ms"] >= 2 and 0 <= epoch["cpu_ms"] <= epoch["ms"] + 1 for epoch in every)


def test_waiting_belongs_to_no_epoch() -> None:
    class Slow(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            time.sleep(0.2)
            return super().readline(size)

    turns = Turns(Gate(Slow(b'{"turn": 1}\n'), io.BytesIO()), rest=lambda: time.sleep(0.1))
    began = time.perf_counter()
    turns.epoch_start(1)
    turns.epoch_end()
    waited = time.perf_counter() - began
    assert waited >= 0.3
    assert turns.taken()[0]["ms"] <= (waited - 0.3) * 1e3


def test_it_is_at_rest_before_it_gives_its_turn_back() -> None:
    door, told = gate(1, 1)
    said_before_rest: list[int] = []
    turns = Turns(door, rest=lambda: said_before_rest.append(len(messages(told))))
    for epoch in (1, 2):
        turns.epoch_start(epoch)
        turns.epoch_end()
    assert said_before_rest == [0, 1]


def at_work() -> threading.Thread:
    """A thread that computes for some 0.3 seconds without holding the interpreter, as those of BLAS do."""
    began = time.perf_counter()
    hashlib.pbkdf2_hmac("sha256", b"", b"", 20_000)
    rounds = int(20_000 * 0.3 / (time.perf_counter() - began))
    thread = threading.Thread(target=hashlib.pbkdf2_hmac, args=("sha256", b"", b"", rounds))
    thread.start()
    return thread


@pytest.mark.parametrize("linux", [True, False])
def test_at_rest_waits_for_threads_that_are_still_at_work(linux: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not linux:
        monkeypatch.setattr(gate_module, "Path", lambda path: Path("/nowhere"))
        monkeypatch.setattr(gate_module, "REST_STEP", 0.1)  # long enough to get a core on a busy machine
    if linux and sys.platform != "linux":
        pytest.skip("only Linux tells the states of threads")
    monkeypatch.setattr(gate_module, "REST_AT_MOST", 30.0)
    busy = at_work()
    at_rest()
    busy.join(0.02)  # what a thread has to do at its end
    assert not busy.is_alive()


def test_at_rest_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_module, "REST_AT_MOST", 0.05)
    busy = at_work()
    at_rest()
    assert busy.is_alive()
    busy.join()


def test_at_rest_returns_at_once_where_nothing_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_module, "_at_work", lambda: False)
    monkeypatch.setattr(gate_module, "REST_STEP", 60.0)
    at_rest()


def test_nobody_there_is_a_dismissal() -> None:
    with pytest.raises(Dismissed):
        Gate(io.BytesIO(), io.BytesIO()).receive()
    with pytest.raises(Dismissed):
        Gate(io.BytesIO(b'{"tu'), io.BytesIO()).receive()  # cut off in the middle
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb", buffering=0) as tell, pytest.raises(Dismissed):
        Gate(io.BytesIO(), tell).send("loaded")
