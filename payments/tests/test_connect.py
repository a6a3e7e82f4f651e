"""A coach's account at Stripe: opened once, asked about, replaced when it left."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.tests.factories import CoachFactory, StudentFactory, UserFactory
from core.models import Event
from core.refused import Refused
from payments import operations
from payments.models import ConnectAccount
from payments.tests.factories import onboard

pytestmark = pytest.mark.django_db
ADDRESSES = {"return_url": "https://skileez.example/r", "refresh_url": "https://skileez.example/f"}


def test_a_click_opens_an_account_and_a_link(standin, clock):
    coach = CoachFactory()
    url = operations.start_onboarding(coach, now=clock.now(), **ADDRESSES)
    account = ConnectAccount.objects.get(user=coach)
    assert url.startswith("http")
    assert (account.stripe_id[:5], account.status) == ("acct_", "incomplete")
    assert "individual.first_name" in account.requirements_due


def test_the_next_click_is_the_same_account_and_another_link(standin, clock):
    coach = CoachFactory()
    urls = {operations.start_onboarding(coach, now=clock.now(), **ADDRESSES) for _click in range(3)}
    assert len(urls) == 3
    assert ConnectAccount.objects.count() == 1


def test_only_coaches_with_a_profile_are_paid(standin, clock):
    with pytest.raises(PermissionDenied):
        operations.start_onboarding(StudentFactory(), now=clock.now(), **ADDRESSES)
    with pytest.raises(Refused) as refusal:
        operations.start_onboarding(UserFactory(is_coach=True), now=clock.now(), **ADDRESSES)
    assert refusal.value.code == "no_profile"


def test_what_stripe_says_is_kept_and_told_once(standin, clock):
    account = onboard(CoachFactory(), standin, now=clock.now())
    assert (account.status, account.transfers_active, account.requirements_due) == ("active", True, [])
    told = Event.objects.filter(name="account_changed").count()
    operations.refresh_account(account.stripe_id, now=clock.now())
    assert Event.objects.filter(name="account_changed").count() == told == 2


def test_an_older_answer_does_not_undo_a_newer_one(standin, clock):
    now = clock.now()
    account = onboard(CoachFactory(), standin, now=clock.advance(minutes=5))
    standin.post("restrict", account=account.stripe_id)
    assert operations.refresh_account(account.stripe_id, now=now).transfers_active is True
    assert operations.refresh_account(account.stripe_id, now=clock.now()).transfers_active is False


def test_an_account_that_left_us_is_replaced_on_the_next_click(standin, clock):
    coach = CoachFactory()
    old = onboard(coach, standin, now=clock.now()).stripe_id
    standin.post("deauthorize", account=old)
    assert operations.refresh_account(old, now=clock.now()).status == "left"
    assert onboard(coach, standin, now=clock.now()).stripe_id != old


def test_the_dashboard_opens_after_the_onboarding(standin, clock):
    coach = CoachFactory()
    operations.start_onboarding(coach, now=clock.now(), **ADDRESSES)
    with pytest.raises(Refused) as refusal:
        operations.dashboard_of(coach)
    assert refusal.value.code == "not_onboarded"
    onboard(coach, standin, now=clock.now())
    assert operations.dashboard_of(coach).startswith("http")


@pytest.mark.parametrize("mode", ["timeout_after", "500_before"])
def test_an_answer_that_never_came_makes_no_second_account(standin, clock, mode):
    coach = CoachFactory()
    standin.post("fail", mode=mode, path_contains="/v1/accounts", method="POST", seconds=0.1)
    with pytest.raises(Refused) as refusal:
        operations.start_onboarding(coach, now=clock.now(), **ADDRESSES)
    assert refusal.value.code == "stripe_unreachable"
    operations.start_onboarding(coach, now=clock.now(), **ADDRESSES)
    from payments import gateway

    assert len(gateway._ask(lambda: gateway.client().v1.accounts.list())["data"]) == 1
