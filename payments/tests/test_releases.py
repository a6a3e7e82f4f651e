"""From held to owed: by whom, when, and to the cent."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied

from accounts.tests.factories import StudentFactory, UserFactory
from core.models import Event
from core.refused import Refused
from payments import operations
from payments.books import where_is
from payments.models import LedgerAccount, LedgerEntry, Portion, Transfer
from payments.tests.factories import balances, broken, make_escrow, pay, portion_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def escrow(standin, clock):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now())
    return escrow


def test_a_released_portion_is_owed_to_the_coach_less_the_fee(escrow, clock):
    portion = operations.release(portion_of(escrow), by=escrow.payer, now=clock.now())
    assert portion.state == Portion.State.RELEASED
    assert balances() == {"cash": 46578, "held": 36000, "coach": 10200, "fees": 1800, "stripe_fees": 1422}
    assert LedgerAccount.objects.get(coach=escrow.payee).balance_cents == 10200
    assert where_is(escrow) == {"paid": 48000, "released": 10200, "fee": 1800, "refunded": 0, "held": 36000}
    event = Event.objects.get(name="money_released")
    assert event.facts == {"gross_cents": 12000, "fee_cents": 1800, "net_cents": 10200}
    assert broken() == {}


def test_a_release_plans_one_transfer_of_the_net(escrow, clock):
    now = clock.now()
    operations.release(portion_of(escrow), by=None, now=now)
    transfer = Transfer.objects.get()
    assert (transfer.amount_cents, transfer.state, transfer.payee) == (10200, "planned", escrow.payee)
    assert transfer.due_at == now + timedelta(days=7), "a new coach's first transfer waits"


def test_the_transfers_of_a_coach_who_is_not_new_are_due_at_once(escrow, clock):
    operations.release(portion_of(escrow, 1), by=None, now=clock.now())
    now = clock.advance(days=8)
    operations.release(portion_of(escrow, 2), by=None, now=now)
    assert Transfer.objects.get(portion__number=2).due_at == now


def test_releasing_again_is_refused_and_changes_nothing(escrow, clock):
    portion = operations.release(portion_of(escrow), by=None, now=clock.now())
    with pytest.raises(Refused) as refusal:
        operations.release(portion, by=None, now=clock.now())
    assert refusal.value.code == "not_held"
    assert (LedgerEntry.objects.filter(kind="released").count(), Transfer.objects.count()) == (1, 1)


def test_what_is_not_paid_cannot_be_released(clock):
    with pytest.raises(Refused) as refusal:
        operations.release(portion_of(make_escrow()), by=None, now=clock.now())
    assert refusal.value.code == "not_held"


def test_neither_the_payee_nor_a_stranger_may_release(escrow, clock):
    for somebody in (escrow.payee, StudentFactory(), UserFactory(is_staff=True)):
        with pytest.raises(PermissionDenied):
            operations.release(portion_of(escrow), by=somebody, now=clock.now())
    assert portion_of(escrow).state == Portion.State.HELD


def test_staff_with_the_permission_may_release(escrow, clock):
    staff = UserFactory(is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="change_portion"))
    assert operations.release(portion_of(escrow), by=staff, now=clock.now()).state == Portion.State.RELEASED


def test_a_fee_of_the_whole_leaves_nothing_to_transfer(standin, clock):
    escrow = make_escrow(total=1000, parts=1, fee=10000)
    pay(escrow, standin, now=clock.now())
    operations.release(portion_of(escrow), by=None, now=clock.now())
    assert balances() == {"cash": 941, "fees": 1000, "stripe_fees": 59}
    assert Transfer.objects.count() == 0
    assert broken() == {}


def test_no_fee_leaves_the_whole_to_the_coach(standin, clock):
    escrow = make_escrow(total=1000, parts=1, fee=0)
    pay(escrow, standin, now=clock.now())
    operations.release(portion_of(escrow), by=None, now=clock.now())
    assert balances() == {"cash": 941, "coach": 1000, "stripe_fees": 59}
    assert LedgerEntry.objects.filter(kind="fee").count() == 0


def test_odd_cents_are_released_to_the_last_one(standin, clock):
    escrow = make_escrow(total=10001, parts=3)
    pay(escrow, standin, now=clock.now())
    for number in (1, 2, 3):
        operations.release(portion_of(escrow, number), by=None, now=clock.now())
    assert where_is(escrow) == {"paid": 10001, "released": 8501, "fee": 1500, "refunded": 0, "held": 0}


def test_the_clock_releases_what_is_due_and_nothing_else(escrow, clock, drain):
    first, second, third, _rest = escrow.portions.all()
    now = clock.now()
    operations.schedule_release(first, due_at=now + timedelta(hours=24), now=now)
    operations.schedule_release(second, due_at=now + timedelta(hours=72), now=now)
    operations.schedule_release(third, due_at=now + timedelta(hours=24), now=now)
    operations.freeze(third, now=now)
    clock.advance(hours=23)
    drain()
    assert set(escrow.portions.values_list("state", flat=True)) == {"held"}
    clock.advance(hours=2)
    drain()
    assert list(escrow.portions.values_list("state", flat=True)) == ["released", "held", "held", "held"]


def test_a_release_can_be_planned_anew_while_the_money_is_held(escrow, clock):
    portion, now = portion_of(escrow), clock.now()
    operations.schedule_release(portion, due_at=now + timedelta(hours=24), now=now)
    assert operations.schedule_release(portion, due_at=now, now=now).release_due_at == now
    operations.release(portion, by=None, now=now)
    with pytest.raises(Refused):
        operations.schedule_release(portion, due_at=now, now=now)
