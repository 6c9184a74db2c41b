import os
import signal
import threading

import pytest

from nnlab.training.interrupts import InterruptsHeld


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def test_the_first_waits_for_the_end_of_the_block():
    done = []
    with pytest.raises(KeyboardInterrupt), InterruptsHeld():
        interrupt()
        done.append("the rest of the block")
    assert done == ["the rest of the block"]


def test_the_second_acts_at_once():
    done = []
    with pytest.raises(KeyboardInterrupt), InterruptsHeld():
        interrupt()
        interrupt()
        done.append("never")
    assert done == []


def test_handlers_are_put_back(monkeypatch):
    before = signal.getsignal(signal.SIGINT)
    with InterruptsHeld():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_sigterm_is_held_only_where_python_handles_it():
    with InterruptsHeld():
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL

    def stop(number, frame):
        raise KeyboardInterrupt(number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        with pytest.raises(KeyboardInterrupt) as caught, InterruptsHeld():
            os.kill(os.getpid(), signal.SIGTERM)
        assert caught.value.args == (signal.SIGTERM,)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_an_error_of_the_block_is_not_hidden_by_a_waiting_interrupt():
    with pytest.raises(ZeroDivisionError), InterruptsHeld():
        interrupt()
        raise ZeroDivisionError


def test_other_threads_train_too():
    failures = []

    def work():
        try:
            with InterruptsHeld():
                pass
        except ValueError as error:  # what signal.signal raises in such a thread
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert failures == []


def test_a_real_ctrl_c_in_a_step_lets_the_step_finish(scripted):
    trainer = scripted(accuracy=[0.5], epochs=50, on_learn=lambda step: interrupt() if step == 3 else None)
    result = trainer.run()
    assert (result.stopped, result.steps, result.last_state["weight"]) == ("interrupted", 3, 3)
