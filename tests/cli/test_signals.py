"""Which signal came."""

import os
import signal
import threading
from contextlib import suppress

import pytest

from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.signals import SignalNoted


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_noted_and_acts_as_before(signum: signal.Signals) -> None:
    before = signal.getsignal(signal.SIGTERM)
    try:
        terminate_as_interrupt()
        ending = signal.getsignal(signal.SIGTERM)
        with SignalNoted() as noted:
            with suppress(KeyboardInterrupt):
                os.kill(os.getpid(), signum)
                pytest.fail("the signal did nothing")
            assert noted.signum == signum
        assert signal.getsignal(signal.SIGTERM) is ending
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGTERM, before)


def test_none_came() -> None:
    with SignalNoted() as noted:
        pass
    assert noted.signum is None


def test_in_another_thread_it_does_nothing() -> None:
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with SignalNoted():
                pass
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert failed == []
