"""What staff see of money and what they may do with it."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.tests.factories import UserFactory
from payments import operations
from payments.models import Incident, LedgerAccount, Portion, Refund, StripeEvent
from payments.tests.factories import make_escrow, onboard, pay, portion_of

pytestmark = pytest.mark.django_db
OURS = [model for model in admin.site._registry if model._meta.app_label == "payments"]
MIRRORED = [model for model in admin.site._registry if model._meta.app_label == "djstripe"]


@pytest.fixture
def boss(client):
    boss = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(boss)
    return boss


@pytest.fixture
def journey(standin, client, clock, drain):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now())
    onboard(escrow.payee, standin, now=clock.now())
    operations.release(portion_of(escrow, 1), by=None, now=clock.now())
    operations.refund([portion_of(escrow, 2)], reason="x", by=None, now=clock.now())
    standin.deliver_to(client)
    clock.advance(days=8)
    drain()
    return escrow


def staff(*codenames):
    member = UserFactory(is_staff=True)
    member.user_permissions.add(*Permission.objects.filter(codename__in=codenames, content_type__app_label="payments"))
    return member


@pytest.mark.parametrize("model", OURS + MIRRORED, ids=lambda model: model._meta.label)
def test_every_list_opens_and_no_row_can_be_added(boss, client, journey, model):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    assert client.get(reverse(f"{name}_changelist")).status_code == 200
    assert client.get(reverse(f"{name}_add")).status_code == 403
    row = model.objects.first()
    if row:
        address = reverse(f"{name}_change", args=[row.pk])
        assert client.get(address).status_code == 200
        assert client.post(address, {"state": "x"}).status_code == 403
        assert client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_secrets_of_the_mirror_are_not_shown():
    assert not {model.__name__ for model in MIRRORED} & {"APIKey", "WebhookEndpoint"}


def test_the_index_names_what_is_of_use_and_not_the_clutter(boss, client):
    index = client.get(reverse("admin:index")).content.decode()
    assert "/admin/djstripe/charge/" in index
    assert "/admin/djstripe/coupon/" not in index


def test_an_account_whose_entries_do_not_add_up_is_seen(boss, client, journey):
    address = reverse("admin:payments_ledgeraccount_changelist")
    assert "icon-no" not in client.get(address).content.decode()
    LedgerAccount.objects.filter(escrow=journey).update(balance_cents=7)
    assert "icon-no" in client.get(address).content.decode()


def test_staff_refund_held_money_with_a_reason(client, journey):
    member = staff("add_refund", "view_escrow", "view_portion")
    client.force_login(member)
    address = reverse("admin:payments_escrow_actions", args=[journey.pk, "refund_held_money"])
    page = client.get(address).content.decode()
    assert page.count('type="checkbox"') == 2, "only what is held"
    third = portion_of(journey, 3)
    answer = client.post(address, {"portions": [third.pk], "reason": "goodwill"})
    assert answer.status_code == 302
    refund = Refund.objects.get(reason="goodwill")
    assert (refund.amount_cents, refund.decided_by, portion_of(journey, 3).state) == (12000, member, "refunding")


def test_a_reason_is_needed_and_released_money_cannot_be_chosen(client, journey):
    client.force_login(staff("add_refund", "view_escrow"))
    address = reverse("admin:payments_escrow_actions", args=[journey.pk, "refund_held_money"])
    assert client.post(address, {"portions": [portion_of(journey, 3).pk], "reason": ""}).status_code == 200
    assert client.post(address, {"portions": [portion_of(journey, 1).pk], "reason": "x"}).status_code == 200
    assert client.post(address, {"reason": "x"}).status_code == 200
    assert Refund.objects.count() == 1


def test_frozen_money_is_refused_on_the_form(client, journey, clock):
    client.force_login(staff("add_refund", "view_escrow"))
    operations.freeze(portion_of(journey, 3), now=clock.now())
    address = reverse("admin:payments_escrow_actions", args=[journey.pk, "refund_held_money"])
    page = client.post(address, {"portions": [portion_of(journey, 3).pk], "reason": "x"}).content.decode()
    assert "frozen while a problem is being solved" in page
    assert portion_of(journey, 3).state == Portion.State.HELD


def test_staff_without_the_permission_may_look_only(client, journey):
    client.force_login(staff("view_escrow"))
    page = client.get(reverse("admin:payments_escrow_change", args=[journey.pk])).content.decode()
    assert "Refund held money" not in page
    address = reverse("admin:payments_escrow_actions", args=[journey.pk, "refund_held_money"])
    assert client.post(address, {"portions": [portion_of(journey, 3).pk], "reason": "x"}).status_code in {403, 404}
    assert Refund.objects.count() == 1


def test_an_event_that_failed_can_be_applied_again(client, journey, clock):
    event = StripeEvent.objects.get(type="checkout.session.completed")
    StripeEvent.objects.filter(pk=event.pk).update(
        handled_at=None, mirrored_at=None, due_at=clock.now().replace(year=2030), last_error="ValueError: x"
    )
    address = reverse("admin:payments_stripeevent_changelist")
    chosen = {"action": "apply_again", "_selected_action": [event.pk]}
    client.force_login(staff("view_stripeevent"))
    client.post(address, chosen)
    assert StripeEvent.objects.get(pk=event.pk).handled_at is None
    client.force_login(staff("view_stripeevent", "change_stripeevent"))
    assert "1 event is handled and mirrored." in client.post(address, chosen, follow=True).content.decode()
    event.refresh_from_db()
    assert (event.handled_at is None, event.mirrored_at is None, event.last_error) == (False, False, "")


def test_an_incident_is_closed_by_who_may(client, clock):
    incident = operations.open_incident("test", UserFactory(), key="1", now=clock.now())
    address = reverse("admin:payments_incident_changelist")
    chosen = {"action": "close", "_selected_action": [incident.pk]}
    client.force_login(staff("view_incident"))
    client.post(address, chosen)
    assert Incident.objects.get().closed_at is None
    client.force_login(staff("view_incident", "change_incident"))
    client.post(address, chosen)
    closed = Incident.objects.get().closed_at
    client.post(address, chosen)
    assert Incident.objects.get().closed_at == closed is not None
