"""From owed to sent: once, whatever Stripe answers, and not before it may."""

from datetime import timedelta
from uuid import uuid4

import pytest

from core.models import Event
from payments import gateway, operations
from payments.models import ConnectAccount, Incident, LedgerAccount, Transfer
from payments.tests.factories import balances, broken, make_escrow, onboard, pay, portion_of, release_all

pytestmark = pytest.mark.django_db
State = Transfer.State


@pytest.fixture
def escrow(standin, clock):
    """A paid escrow whose coach can be paid and is not new."""
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now())
    onboard(escrow.payee, standin, now=clock.now())
    operations.release(portion_of(escrow, 4), by=None, now=clock.now())
    clock.advance(days=8)
    operations.send_transfer(Transfer.objects.get(), now=clock.now())
    return escrow


@pytest.fixture
def transfer(escrow, clock):
    """A second, due transfer of 102.00."""
    operations.release(portion_of(escrow, 1), by=None, now=clock.now())
    return Transfer.objects.get(portion__number=1)


def at_stripe(escrow):
    found = gateway._ask(lambda: gateway.client().v1.transfers.list({"transfer_group": escrow.label}))["data"]
    return sorted(row["amount"] for row in found)


def test_a_due_transfer_reaches_stripe_with_its_charge_and_group(escrow, transfer, clock):
    transfer = operations.send_transfer(transfer, now=clock.now())
    assert (transfer.state, transfer.tries) == (State.MADE, 1)
    sent = gateway._ask(lambda: gateway.client().v1.transfers.retrieve(transfer.stripe_id))
    payment = transfer.portion.payment
    assert (sent["amount"], sent["currency"], sent["transfer_group"]) == (10200, "usd", escrow.label)
    assert (sent["source_transaction"], sent["destination"]) == (payment.charge_id, transfer.destination)
    assert sent["metadata"] == {"transfer": str(transfer.key)}
    assert LedgerAccount.objects.get(coach=escrow.payee).balance_cents == 0
    assert balances()["cash"] == 48000 - 1422 - 2 * 10200
    assert Event.objects.filter(name="transfer_made").count() == 2
    assert broken() == {}


def test_sending_again_changes_nothing(escrow, transfer, clock):
    for _again in range(3):
        operations.send_transfer(transfer, now=clock.now())
        clock.advance(days=2)
    assert at_stripe(escrow) == [10200, 10200]


def test_a_new_coachs_transfer_waits_seven_days(standin, clock, drain):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now())
    onboard(escrow.payee, standin, now=clock.now())
    release_all(escrow, now=clock.now())
    clock.advance(days=6, hours=23)
    drain()
    assert at_stripe(escrow) == []
    clock.advance(hours=2)
    drain()
    assert at_stripe(escrow) == [10200] * 4
    assert broken() == {}


def test_without_an_account_the_money_waits_without_being_asked_about(standin, clock, drain):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now())
    release_all(escrow, now=clock.now())
    clock.advance(days=30)
    drain()
    assert set(Transfer.objects.values_list("state", "tries")) == {("planned", 0)}
    onboard(escrow.payee, standin, now=clock.now())
    drain()
    assert at_stripe(escrow) == [10200] * 4


def test_a_frozen_portion_is_not_transferred(escrow, transfer, clock, drain):
    operations.freeze(transfer.portion, now=clock.now())
    assert operations.send_transfer(transfer, now=clock.now()).state == State.PLANNED
    drain()
    assert at_stripe(escrow) == [10200]
    operations.unfreeze(transfer.portion, now=clock.now())
    drain()
    assert at_stripe(escrow) == [10200, 10200]


@pytest.mark.parametrize("mode", ["timeout_after", "timeout_before", "500_before", "429"])
def test_without_an_answer_the_same_key_is_sent_again(escrow, transfer, standin, clock, mode):
    standin.post("fail", mode=mode, path_contains="/v1/transfers", method="POST", seconds=0.1)
    transfer = operations.send_transfer(transfer, now=clock.now())
    assert transfer.state == State.UNKNOWN
    assert balances()["coach"] == 10200, "nothing is booked on a guess"
    assert operations.send_transfer(transfer, now=clock.now()).tries == 1, "not before its pause is over"
    transfer = operations.send_transfer(transfer, now=clock.advance(minutes=5))
    assert (transfer.state, transfer.tries) == (State.MADE, 2)
    assert at_stripe(escrow) == [10200, 10200]
    assert broken() == {}


def test_a_failure_that_is_replayed_is_looked_up_when_the_key_is_old(escrow, transfer, standin, clock):
    """Stripe did it and answered 500, again and again under this key: after 23 hours it is found by its mark."""
    standin.post("fail", mode="500_after", path_contains="/v1/transfers", method="POST")
    for _hour in range(3):
        transfer = operations.send_transfer(transfer, now=clock.advance(hours=1))
        assert transfer.state == State.UNKNOWN
    transfer = operations.send_transfer(transfer, now=clock.advance(hours=23))
    assert transfer.state == State.MADE
    assert at_stripe(escrow) == [10200, 10200]
    assert broken() == {}


def test_what_never_reached_stripe_is_sent_anew_under_another_key(escrow, transfer, standin, clock, drain):
    standin.post("fail", mode="timeout_before", path_contains="/v1/transfers", method="POST", seconds=0.1)
    first = operations.send_transfer(transfer, now=clock.now())
    clock.advance(hours=24)
    first = operations.send_transfer(first, now=clock.now())
    assert first.state == State.REFUSED
    clock.advance(hours=1)
    drain()
    second = Transfer.objects.get(portion=first.portion, state=State.MADE)
    assert second.key != first.key
    assert at_stripe(escrow) == [10200, 10200]
    assert broken() == {}


def test_a_lookup_without_an_answer_decides_nothing(escrow, transfer, standin, clock):
    standin.post("fail", mode="timeout_after", path_contains="/v1/transfers", method="POST", seconds=0.1)
    operations.send_transfer(transfer, now=clock.now())
    standin.post("fail", mode="500_before", path_contains="/v1/transfers", method="GET")
    assert operations.send_transfer(transfer, now=clock.advance(hours=24)).state == State.UNKNOWN
    assert operations.send_transfer(transfer, now=clock.advance(hours=24)).state == State.MADE
    assert at_stripe(escrow) == [10200, 10200]


def test_the_lookup_reads_every_page(escrow, clock, monkeypatch):
    monkeypatch.setattr(gateway, "PAGE", 1)
    for number in (1, 2, 3):
        operations.release(portion_of(escrow, number), by=None, now=clock.now())
    keys = []
    for transfer in Transfer.objects.filter(state=State.PLANNED):
        keys.append(operations.send_transfer(transfer, now=clock.now()).key)
    assert all(gateway.find_transfer(label=escrow.label, key=key) for key in keys)
    assert gateway.find_transfer(label=escrow.label, key=uuid4()) is None


def test_an_account_that_lost_its_permission_makes_the_money_wait(escrow, transfer, standin, clock, drain):
    account = ConnectAccount.objects.get()
    standin.post("restrict", account=account.stripe_id)
    first = operations.send_transfer(transfer, now=clock.now())
    account.refresh_from_db()
    assert (first.state, account.transfers_active, account.status) == (State.REFUSED, False, "restricted")
    clock.advance(days=3)
    drain()
    assert at_stripe(escrow) == [10200]
    assert Incident.objects.count() == 0, "the coach must act, not staff"
    standin.onboard(account.stripe_id)
    operations.refresh_account(account.stripe_id, now=clock.now())
    drain()
    assert at_stripe(escrow) == [10200, 10200]
    assert broken() == {}


def test_an_account_that_left_is_replaced_by_a_new_one(escrow, transfer, standin, clock, drain):
    old = ConnectAccount.objects.get().stripe_id
    standin.post("deauthorize", account=old)
    assert operations.send_transfer(transfer, now=clock.now()).state == State.REFUSED
    assert ConnectAccount.objects.get().status == "left"
    onboard(escrow.payee, standin, now=clock.now())
    assert ConnectAccount.objects.get().stripe_id != old
    clock.advance(days=1)
    drain()
    made = Transfer.objects.get(portion=transfer.portion, state=State.MADE)
    assert made.destination == ConnectAccount.objects.get().stripe_id


def test_another_refusal_is_told_to_staff_and_tried_again_later(escrow, transfer, standin, clock, drain):
    """More than its charge holds: our books and Stripe differ."""
    spent = gateway._ask(
        lambda: gateway.client().v1.transfers.create(
            {
                "amount": 37700,
                "currency": "usd",
                "destination": ConnectAccount.objects.get().stripe_id,
                "source_transaction": transfer.portion.payment.charge_id,
            },
            {"idempotency_key": f"transfer:{uuid4()}"},
        )
    )
    first = operations.send_transfer(transfer, now=clock.now())
    assert (first.state, first.last_error[:16]) == (State.REFUSED, "amount_too_large")
    assert Incident.objects.get().facts == {"code": "amount_too_large", "amount_cents": 10200}
    assert LedgerAccount.objects.get(coach=escrow.payee).balance_cents == 10200
    second = Transfer.objects.get(portion=transfer.portion, state=State.PLANNED)
    assert second.key != first.key
    assert second.due_at == second.planned_at + timedelta(minutes=2)
    clock.advance(minutes=5)
    drain()
    assert Incident.objects.count() == 1
    assert spent["amount"] == 37700


def test_the_database_allows_one_live_transfer_of_a_portion(transfer, clock):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError, match="one_live_transfer_per_portion"), transaction.atomic():
        Transfer.objects.create(
            portion=transfer.portion, payee=transfer.payee, amount_cents=1, planned_at=clock.now(), due_at=clock.now()
        )
