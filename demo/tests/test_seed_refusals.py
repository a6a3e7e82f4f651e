import pytest
from django.core.management import CommandError, call_command

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_without_the_stand_in_it_stops_with_one_sentence(settings):
    settings.STANDIN_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="The Stripe stand-in does not answer at"):
        call_command("seed")
    assert not User.objects.exists()


def test_without_a_clock_of_its_own_it_stops_with_one_sentence(settings):
    settings.CLOCK_FILE = ""
    with pytest.raises(CommandError, match="without the setting CLOCK_FILE"):
        call_command("seed")


def test_with_a_stand_in_of_another_time_it_stops_with_one_sentence(settings, standin, tmp_path):
    settings.CLOCK_FILE = str(tmp_path / "another-clock")
    with pytest.raises(CommandError, match="reads another clock"):
        call_command("seed")
    assert not User.objects.exists()
