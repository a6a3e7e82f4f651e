"""Staff call paid sessions and contracts off: the quote first, then exactly that, with a reason both read."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission

from accounts.tests.factories import UserFactory
from contracts.models import Booking, Cancellation
from contracts.tests.factories import active, scheduled
from payments.models import Refund
from scheduling.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(standin, clock):
    """One of four at 50.00, so near that its student would get nothing back."""
    session = scheduled(active(standin))
    Session.objects.filter(pk=session.pk).update(agreed_at=clock.now() - timedelta(days=2))
    clock.travel_to(session.starts_at - timedelta(hours=2))
    return session


@pytest.fixture
def finance(client):
    person = UserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name="finance"))
    person.user_permissions.add(Permission.objects.get(codename="add_refund", content_type__app_label="payments"))
    client.force_login(person)
    return person


def page_of(row, app):
    return f"/admin/{app}/{row._meta.model_name}/{row.pk}/change/"


def action_of(row, app, name):
    return f"/admin/{app}/{row._meta.model_name}/{row.pk}/actions/{name}/"


def quote_in(page):
    return page.content.decode().split('name="quote" value="')[1].split('"')[0]


def test_a_paid_session_is_called_off_by_its_quote_with_a_reason(client, finance, session):
    address = action_of(session, "scheduling", "call_off")
    assert address in client.get(page_of(session, "scheduling")).content.decode()
    asked = client.get(address)
    assert "$50.00 goes back." in asked.content.decode()
    assert "Called off by us: all goes back" in asked.content.decode()
    sent = {"quote": quote_in(asked), "reason": "She fell ill and wrote to us."}
    assert client.post(address, sent)["Location"] == page_of(session, "scheduling")
    done = Cancellation.objects.get()
    assert (done.role, done.by, done.back_cents, done.reason) == ("staff", finance, 5000, sent["reason"])
    assert Refund.objects.get().amount_cents == 5000
    assert address not in client.get(page_of(session, "scheduling")).content.decode()
    again = client.post(address, sent, follow=True).content.decode()
    assert "This session has begun, or is over" in again
    assert Cancellation.objects.count() == 1


def test_both_sides_read_why_staff_called_it_off(client, finance, session):
    address = action_of(session, "scheduling", "call_off")
    client.post(address, {"quote": quote_in(client.get(address)), "reason": "She fell ill and wrote to us."})
    contract = Booking.objects.get(session=session).contract
    for person in (contract.student, contract.coach):
        client.force_login(person)
        assert "She fell ill and wrote to us." in client.get(session.get_absolute_url()).content.decode()


def test_without_a_reason_or_by_another_quote_nothing_happens(client, finance, session):
    address = action_of(session, "scheduling", "call_off")
    good = quote_in(client.get(address))
    assert client.post(address, {"quote": good, "reason": ""}).status_code == 200
    stale = client.post(address, {"quote": "0", "reason": "Ill"})
    assert "has changed since it was shown" in stale.content.decode()
    assert quote_in(stale) == good
    assert not Cancellation.objects.exists()


def test_all_that_is_to_come_of_a_contract_is_called_off(client, finance, session):
    contract = Booking.objects.get(session=session).contract
    address = action_of(contract, "contracts", "call_off_paid")
    assert address in client.get(page_of(contract, "contracts")).content.decode()
    asked = client.get(address)
    assert "$200.00 goes back." in asked.content.decode()
    client.force_login(asker := UserFactory(is_staff=True, is_superuser=True))
    client.post(address, {"quote": quote_in(asked), "reason": "Both asked us."})
    assert not Cancellation.objects.exists()  # so much takes two
    client.force_login(finance)
    client.post(address, {"quote": quote_in(asked), "reason": "Both asked us."})
    assert Cancellation.objects.exclude(by=asker).count() == 4
    contract.refresh_from_db()
    assert contract.state == "cancelled"
    assert Refund.objects.get().amount_cents == 20000
    assert address not in client.get(page_of(contract, "contracts")).content.decode()


def test_who_may_not_give_money_back_is_neither_offered_nor_allowed_it(client, session):
    reader = UserFactory(is_staff=True)
    names = ["view_session", "view_contract", "view_booking", "change_contract", "change_session"]
    reader.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(reader)
    contract = Booking.objects.get(session=session).contract
    for row, app, name in ((session, "scheduling", "call_off"), (contract, "contracts", "call_off_paid")):
        address = action_of(row, app, name)
        assert address not in client.get(page_of(row, app)).content.decode()
        assert client.get(address).status_code == 403
        assert client.post(address, {"quote": "0", "reason": "Ill"}).status_code == 403
