"""Staff give back 100.00 alone; above it one asks and a second person, of finance, calls off."""

import threading

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied

from accounts.tests.factories import UserFactory
from contracts.models import Approval, Booking, Cancellation
from contracts.operations import (
    ask_second,
    cancel_booked_session,
    cancel_contract,
    cancelling,
    quote_contract,
    quote_session,
    refuse_approval,
)
from contracts.tests.factories import active, scheduled
from contracts.tests.test_cancelling import staff
from core.models import Event
from core.refused import Refused
from payments.models import Refund
from tests.racing import together

pytestmark = pytest.mark.django_db


def of(group):
    person = UserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name=group))
    return person


@pytest.fixture
def contract(standin):
    """Four sessions at 50.00."""
    return active(standin)


def act(client, person, row, app, name, reason="Both asked us."):
    """What happens to who calls it off in the admin, by the quote they are shown."""
    client.force_login(person)
    address = f"/admin/{app}/{row._meta.model_name}/{row.pk}/actions/{name}/"
    page = client.get(address).text
    quote = page.split('name="quote" value="')[1].split('"')[0]
    return page, client.post(address, {"quote": quote, "reason": reason}, follow=True).text


def call_off(contract, by, now):
    quote = quote_contract(contract, by=by, now=now)
    return cancel_contract(contract, by=by, quote=quote.id, reason="Both asked us.", now=now)


def test_support_call_off_alone_what_is_up_to_a_hundred(client, standin, clock):
    session = scheduled(active(standin))
    assert "Called off, and both sides read why." in act(client, of("support"), session, "scheduling", "call_off")[1]
    assert (Refund.objects.get().amount_cents, Approval.objects.count()) == (5000, 0)


def test_exactly_a_hundred_is_called_off_alone_and_a_cent_more_is_not(standin, clock):
    support = of("support")
    a_hundred, a_cent_more = (active(standin, session_count=1, rate_cents=cents) for cents in (10000, 10001))
    assert call_off(a_hundred, support, clock.now()).state == "cancelled"
    with pytest.raises(Refused) as refused:
        call_off(a_cent_more, support, clock.now())
    assert refused.value.code == "needs_second"


def test_above_it_support_ask_and_finance_call_off(client, contract):
    support, finance = of("support"), of("finance")
    _page, said = act(client, support, contract, "contracts", "call_off_paid", reason="She moved away.")
    assert "takes two of us" in said
    assert not Cancellation.objects.exists()
    client.force_login(finance)
    assert "1 refund waits for a second person" in client.get("/admin/").text
    page, said = act(client, finance, contract, "contracts", "call_off_paid", reason="She moved away.")
    assert "She moved away." in page
    assert f"{support.name} asked for this" in page
    assert "Called off, and both sides read why." in said
    contract.refresh_from_db()
    assert (contract.state, Refund.objects.get().amount_cents) == ("cancelled", 20000)
    approval = Approval.objects.get()
    assert (approval.state, approval.asked_by, approval.decided_by, approval.reason) == ("given", support, finance, "")
    assert list(Event.objects.about(approval).values_list("name", flat=True)) == ["second_asked", "second_given"]


@pytest.mark.parametrize("group", ["support", "finance"])
def test_nobody_is_the_second_person_of_themselves(client, contract, group):
    person = of(group)
    for _time in range(2):
        assert "takes two of us" in act(client, person, contract, "contracts", "call_off_paid")[1]
    assert (Approval.objects.count(), Refund.objects.count()) == (1, 0)


def test_two_of_support_are_not_enough(client, contract):
    act(client, of("support"), contract, "contracts", "call_off_paid")
    assert (
        "This waits for a second person, of finance."
        in act(client, of("support"), contract, "contracts", "call_off_paid")[1]
    )
    assert not Refund.objects.exists()


def test_more_than_was_asked_for_is_asked_anew(contract, clock):
    first, second, now = of("support"), of("finance"), clock.now()
    asked = ask_second(contract, quote_contract(contract, by=first, now=now), reason="Ill", by=first, now=now)
    Approval.objects.update(back_cents=19999)
    with pytest.raises(Refused) as refused:
        call_off(contract, second, now)
    assert refused.value.code == "needs_second"
    anew = ask_second(contract, quote_contract(contract, by=second, now=now), reason="Ill", by=second, now=now)
    asked.refresh_from_db()
    assert (asked.state, anew.state, anew.back_cents) == ("refused", "open", 20000)


def test_two_who_ask_for_the_same_at_once_ask_once(contract, clock):
    now, asked = clock.now(), []
    for person in (of("support"), of("finance")):
        quote = quote_contract(contract, by=person, now=now)
        asked.append(ask_second(contract, quote, reason="Ill", by=person, now=now).pk)
    assert asked[0] == asked[1]
    assert Approval.objects.get().state == "open"


def test_nobody_waits_for_a_second_person_where_nothing_is_left_to_call_off(standin, clock):
    support, now = of("support"), clock.now()
    contract = active(standin, session_count=2, rate_cents=20000)
    session = scheduled(contract)
    for row, quoted in ((session, quote_session), (contract, quote_contract)):
        ask_second(row, quoted(row, by=support, now=now), reason="Ill", by=support, now=now)
    student = contract.student
    cancel_booked_session(session, by=student, quote=quote_session(session, by=student, now=now).id, now=now)
    assert list(Approval.objects.order_by("pk").values_list("state", flat=True)) == ["refused", "open"]
    call_off(contract, student, now)
    assert set(Approval.objects.values_list("state", "reason", "decided_by")) == {("refused", "", None)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sessions_are_locked", [True, False])
def test_two_second_persons_at_once_call_off_once(contract, clock, monkeypatch, drain, sessions_are_locked):
    first, *seconds, now = staff(), staff(), staff(), clock.now()
    ask_second(contract, quote_contract(contract, by=first, now=now), reason="Ill", by=first, now=now)
    if not sessions_are_locked:  # the lock of what was asked is enough
        both_have_read, checked = threading.Barrier(2), cancelling._given
        monkeypatch.setattr(cancelling, "_lock_sessions", lambda sessions: None)

        def read_together(quote, shown):
            both_have_read.wait(20)
            return checked(quote, shown)

        monkeypatch.setattr(cancelling, "_given", read_together)
    answers = together(*[lambda by=each: call_off(contract, by, now).state for each in seconds])
    assert sorted(answers) == ["cancelled", "not_open" if sessions_are_locked else "needs_second"]
    drain()
    assert (Refund.objects.get().amount_cents, Approval.objects.get().state) == (20000, "given")


def test_finance_say_no_and_who_asked_takes_it_back(client, contract, clock):
    support, now = of("support"), clock.now()
    asked = ask_second(contract, quote_contract(contract, by=support, now=now), reason="Ill", by=support, now=now)
    with pytest.raises(PermissionDenied):
        refuse_approval(asked, by=of("support"), now=now)
    client.force_login(of("finance"))
    assert "Do not call it off" in client.get(f"/admin/contracts/approval/{asked.pk}/change/").text
    client.post(f"/admin/contracts/approval/{asked.pk}/actions/refuse/", {"yes": "1"})
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == ("refused", "")
    with pytest.raises(Refused):
        refuse_approval(asked, by=support, now=now)
    assert Booking.objects.filter(contract=contract, state="cancelled").count() == 0


def test_who_may_not_call_off_may_not_ask(contract, clock):
    quote = quote_contract(contract, by=of("support"), now=clock.now())
    with pytest.raises(PermissionDenied):
        ask_second(contract, quote, reason="Ill", by=UserFactory(is_staff=True), now=clock.now())
