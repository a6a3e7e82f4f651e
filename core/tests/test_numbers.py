"""The numbers of the rules: what staff change holds from its moment on, for every process, and never before."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import StudentFactory, UserFactory
from core import clock as the_clock
from core import numbers as remembered
from core.models import Event, PolicyNumber
from core.numbers import change_number, forget, number, numbers, withdraw_number
from core.refused import Refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


def boss():
    return UserFactory(is_staff=True, is_superuser=True)


def change(key="review_days", value=30, after=DAY, *, why="Asked for by many", by=None, now=NOW):
    made = change_number(key, value=value, valid_from=now + after, why=why, by=by or boss(), now=now)
    forget()  # as after commit
    return made


def refused(code, *args, **facts):
    with pytest.raises(Refused) as refusal:
        change(*args, **facts)
    assert refusal.value.code == code
    return refusal.value


def test_it_is_that_of_the_settings_until_a_change_begins_to_the_second():
    change()
    assert number("review_days", NOW + DAY - SECOND) == 14
    assert number("review_days", NOW + DAY) == 30
    assert numbers(NOW + 2 * DAY) == settings.POLICY | {"review_days": 30}


def test_the_latest_that_has_begun_counts_in_whichever_order_they_were_written():
    change(value=40, after=3 * DAY)
    change(value=20, after=DAY)
    assert [number("review_days", NOW + days * DAY) for days in (0, 1, 2, 3, 9)] == [14, 20, 20, 40, 40]


def test_who_when_and_why_is_written_down():
    by = boss()
    made = change(by=by)
    assert (made.by, made.made_at, made.why) == (by, NOW, "Asked for by many")
    event = Event.objects.about(made).get()
    assert (event.name, event.by, event.facts["value"]) == ("number_changed", by, 30)


@pytest.mark.parametrize("key", sorted(settings.POLICY))
def test_every_number_lies_between_its_bounds_at_first(key):
    if bounds := remembered.bounds_of(key):
        assert bounds[0] <= settings.POLICY[key] <= bounds[1]


@pytest.mark.parametrize("value", [0, 91, -1, 7.5, "14", True, None, [14]])
def test_what_is_no_whole_number_within_the_bounds_is_refused(value):
    assert refused("out_of_bounds", value=value).field == "value"


@pytest.mark.parametrize("key", ["reviews_days", "group_seats", "ladder_hidden_days", "SECRET_KEY"])
def test_what_is_no_number_of_the_rules_or_one_of_the_settings_only_is_refused(key):
    refused("unknown_number", key)


def test_it_begins_two_minutes_later_at_the_earliest():
    refused("too_soon", after=2 * MINUTE - SECOND)
    assert change(after=2 * MINUTE).valid_from == NOW + 2 * MINUTE


@pytest.mark.parametrize("why", ["", "   ", "x" * 501])
def test_a_reason_is_needed(why):
    refused("why_missing", why=why)


def test_a_moment_is_taken_once_and_free_again_when_it_is_taken_back():
    made = change()
    refused("taken", value=20)
    withdraw_number(made, by=boss(), now=NOW)
    change(value=20)
    assert number("review_days", NOW + DAY) == 20


def test_numbers_that_belong_together_never_pass_each_other():
    refused("disorder", "cutoff_hours", 25)
    change("free_change_student_hours", 30, after=DAY)
    refused("disorder", "cutoff_hours", 25, after=DAY - MINUTE)
    change("cutoff_hours", 25, after=2 * DAY)
    refused("disorder", "free_change_student_hours", 24, after=DAY + MINUTE)  # too little once the other one begins
    with pytest.raises(Refused):
        withdraw_number(PolicyNumber.objects.get(key="free_change_student_hours"), by=boss(), now=NOW)


@pytest.mark.parametrize("group", ["support", "finance", None])
def test_only_administrators_change_numbers_and_take_them_back(group):
    staff = UserFactory(is_staff=True)
    staff.groups.set(Group.objects.filter(name=group))
    made = change()
    for stranger in (staff, StudentFactory()):
        with pytest.raises(PermissionDenied):
            change(value=20, by=stranger)
        with pytest.raises(PermissionDenied):
            withdraw_number(made, by=stranger, now=NOW)


def test_what_is_to_come_can_be_taken_back_once():
    made = change()
    withdraw_number(made, by=boss(), now=NOW)
    forget()
    assert number("review_days", NOW + 9 * DAY) == 14
    with pytest.raises(Refused) as refusal:
        withdraw_number(made, by=boss(), now=NOW)
    assert refusal.value.code == "withdrawn"


@pytest.mark.parametrize("before", [2 * MINUTE - SECOND, timedelta(), -DAY])
def test_what_holds_or_is_about_to_cannot_be_taken_back(before):
    made = change()
    with pytest.raises(Refused) as refusal:
        withdraw_number(made, by=boss(), now=NOW + DAY - before)
    assert refusal.value.code == "too_late"
    assert number("review_days", NOW + DAY) == 30


@pytest.mark.parametrize("columns", [{"value": 50}, {"valid_from": NOW}, {"why": ""}, {"key": "fee_tip"}])
def test_the_database_lets_nobody_edit_history(columns):
    made = change()
    with pytest.raises(ProgrammingError), transaction.atomic():
        PolicyNumber.objects.filter(pk=made.pk).update(**columns)


def test_the_database_lets_nobody_remove_history_or_bring_back_what_was_taken_back():
    made = withdraw_number(change(), by=boss(), now=NOW)
    with pytest.raises(ProgrammingError), transaction.atomic():
        PolicyNumber.objects.filter(pk=made.pk).delete()
    with pytest.raises(ProgrammingError), transaction.atomic():
        PolicyNumber.objects.filter(pk=made.pk).update(withdrawn_at=None)


def test_a_process_asks_once_and_remembers():
    change()
    with CaptureQueriesContext(connection) as asked:
        for _time in range(5):
            numbers(NOW)
            number("fee_direct", NOW)
    assert len(asked) == 1


def test_a_process_that_remembers_looks_again_in_less_than_the_notice(monkeypatch, settings):
    settings.CLOCK_FILE = ""  # as in production
    forget()
    assert number("review_days", NOW + DAY) == 14
    PolicyNumber.objects.create(key="review_days", value=30, valid_from=NOW + DAY, why="x", by=boss(), made_at=NOW)
    later = remembered.monotonic() + 61  # another process wrote it down; a minute goes by
    assert number("review_days", NOW + DAY) == 14
    monkeypatch.setattr(remembered, "monotonic", lambda: later)
    assert number("review_days", NOW + DAY) == 30
    assert timedelta(seconds=61) < remembered.NOTICE


@pytest.mark.django_db(transaction=True)
def test_whoever_changes_one_knows_it_once_it_is_written():
    now = the_clock.now()
    change_number("review_days", value=30, valid_from=now + DAY, why="x", by=boss(), now=now)
    assert number("review_days", now + DAY) == 30


class TestTheAdmin:
    def test_it_shows_what_is_in_force_what_comes_and_what_was(self, client, clock):
        client.force_login(boss())
        now = clock.now()
        change(value=30, after=DAY, now=now)
        change(value=40, after=3 * DAY, now=now)
        clock.advance(days=2)
        page = client.get(reverse("admin:core_policynumber_changelist"))
        [row] = [each for each in page.context["numbers"] if each["key"] == "review_days"]
        assert (row["now"], row["default"], [each.value for each in row["coming"]]) == (30, 14, [40])
        text = page.content.decode()
        assert "40 from" in text
        assert text.index('class="object-tools"') < text.index("In force now") < text.index('id="changelist"')
        assert ("in force" in text, "to come" in text) == (True, True)

    def test_it_writes_one_down_and_says_what_is_wrong_beside_the_field(self, client, clock):
        client.force_login(boss())
        soon = (clock.now() + DAY).strftime("%Y-%m-%dT%H:%M")
        typed = {"key": "fee_direct", "value": "9999", "valid_from": soon, "why": "Dearer"}
        page = client.post(reverse("admin:core_policynumber_add"), typed)
        assert "Give a whole number from 0 to 5000." in page.context["form"].errors["value"]
        assert client.post(reverse("admin:core_policynumber_add"), typed | {"value": "1200"}).status_code == 302
        forget()
        assert number("fee_direct", clock.now() + 2 * DAY) == 1200

    def test_it_takes_back_what_is_to_come_and_offers_it_for_nothing_else(self, client, clock):
        client.force_login(boss())
        made = change(now=clock.now())
        page = reverse("admin:core_policynumber_change", args=[made.pk])
        assert "Take back" in client.get(page).content.decode()
        client.post(reverse("admin:core_policynumber_actions", args=[made.pk, "withdraw"]))
        made.refresh_from_db()
        assert made.withdrawn_at
        assert "Take back" not in client.get(page).content.decode()

    @pytest.mark.parametrize("group", ["support", "finance"])
    def test_other_staff_see_no_way_to_it(self, client, group):
        staff = UserFactory(is_staff=True)
        staff.groups.add(Group.objects.get(name=group))
        client.force_login(staff)
        assert client.get(reverse("admin:core_policynumber_add")).status_code == 403
        assert client.get(reverse("admin:core_policynumber_changelist")).status_code == 403
