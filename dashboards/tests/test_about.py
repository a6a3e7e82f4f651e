"""Which rows are a person's."""

from django.apps import apps

from core.models import Stateful
from dashboards.operations.about import WHOSE


def test_whatever_has_a_state_belongs_to_somebody():
    """Events are mostly about what has a state: a new one must say whose it is, or notices of it keep a name."""
    stateful = {model for model in apps.get_models() if issubclass(model, Stateful)}
    assert stateful - WHOSE.keys() == set()
    assert len(stateful) >= 8
