"""This floor alone: what the floors above make of its events is tested there."""

from collections import defaultdict

import pytest

from core import events


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    monkeypatch.setattr(events, "_reactions", defaultdict(list))
