"""What tests of operations ask: which events a thing has, with which code an operation refuses."""

import pytest

from core.models import Event
from core.refused import Refused


def events(subject):
    return [(event.name, event.by_id, event.facts) for event in Event.objects.about(subject)]


def refusal_of(work, *args, **named):
    with pytest.raises(Refused) as caught:
        work(*args, **named)
    return caught.value.code
