from datetime import UTC, datetime, timedelta

import pytest

from core import clock as the_clock


def test_the_clock_can_be_moved_forward_for_all_processes(clock):
    before = the_clock.now()
    the_clock.move(timedelta(days=1))
    assert timedelta(days=1) <= the_clock.now() - before < timedelta(days=1, seconds=5)


def test_the_clock_never_moves_back(clock):
    with pytest.raises(ValueError, match="forward"):
        the_clock.move(timedelta(seconds=-1))


def test_outside_the_demo_the_clock_is_real_time(settings):
    settings.CLOCK_FILE = ""
    assert abs(the_clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    with pytest.raises(RuntimeError, match="demo only"):
        the_clock.move(timedelta(days=1))
