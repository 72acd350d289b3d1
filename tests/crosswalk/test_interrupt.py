"""Whoever ends the demo ends it once: what comes while it ends does not cut the ending short."""

import os
import signal

import pytest

from crosswalk.demo.cli import _interrupted_once

ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def ends_while_signals_come(first: int, ended: list[str]) -> None:
    with _interrupted_once():
        try:
            os.kill(os.getpid(), first)
        finally:
            for number in ASKING:
                os.kill(os.getpid(), number)
            ended.append("every process")


@pytest.mark.parametrize("first", ASKING)
def test_the_first_signal_interrupts_and_no_later_one_does(first):
    before = [signal.getsignal(number) for number in ASKING]
    ended: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        ends_while_signals_come(first, ended)
    assert ended == ["every process"]
    assert [signal.getsignal(number) for number in ASKING] == before


def test_what_was_started_to_outlive_its_terminal_does():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with _interrupted_once():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
