"""Opening, freezing and dividing what is held."""

import pytest
from django.db import IntegrityError, transaction

from accounts.tests.factories import CoachFactory, StudentFactory
from core.refused import Refused
from payments import operations
from payments.books import where_are, where_is
from payments.models import LedgerAccount, Portion
from payments.tasks import release_due_portions
from payments.tests.factories import broken, make_escrow, pay, portion_of

pytestmark = pytest.mark.django_db


def test_an_escrow_has_numbered_portions_and_an_empty_account():
    escrow = make_escrow(total=10000, parts=3)
    facts = list(escrow.portions.values_list("number", "gross_cents", "fee_cents", "state"))
    assert facts == [(1, 3333, 500, "unfunded"), (2, 3333, 500, "unfunded"), (3, 3334, 500, "unfunded")]
    assert LedgerAccount.objects.get(escrow=escrow).balance_cents == 0


def test_a_label_belongs_to_one_escrow():
    people = {"payer": StudentFactory(), "payee": CoachFactory(), "currency": "usd", "label": "SKZ-1"}
    operations.open_escrow(**people, portions=[(100, 15)])
    with pytest.raises(IntegrityError), transaction.atomic():
        operations.open_escrow(**people, portions=[(100, 15)])


def test_an_escrow_without_portions_makes_no_sense():
    with pytest.raises(ValueError, match="at least one portion"):
        operations.open_escrow(payer=StudentFactory(), payee=CoachFactory(), currency="usd", label="x", portions=[])


def test_a_currency_that_our_balance_is_not_kept_in_is_refused():
    with pytest.raises(Refused) as refusal:
        make_escrow(currency="xau")
    assert refusal.value.code == "currency"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"fee_cents": 12001}, "portion_fee_is_part_of_gross"),
        ({"gross_cents": 0, "fee_cents": 0}, "portion_is_worth_something"),
        ({"state": "held"}, "portion_with_money_names_its_payment"),
        ({"number": 2}, "portions_are_numbered"),
    ],
)
def test_the_database_refuses_a_portion_that_cannot_be(change, constraint):
    portion = portion_of(make_escrow())
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Portion.objects.filter(pk=portion.pk).update(**change)


def test_frozen_money_stays_where_it_is_until_it_is_unfrozen(standin, clock):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now())
    portion = operations.freeze(portion_of(escrow), now=clock.now())
    now = clock.now()
    for move in (
        lambda: operations.release(portion, by=None, now=now),
        lambda: operations.refund([portion], reason="x", by=None, now=now),
        lambda: operations.divide(portion, kept_cents=6000, now=now),
    ):
        with pytest.raises(Refused) as refusal:
            move()
        assert refusal.value.code == "frozen"
    operations.schedule_release(portion, due_at=now, now=now)  # it waits
    assert release_due_portions(now) == 0
    operations.unfreeze(portion, now=now)
    assert operations.release(portion, by=None, now=now).state == Portion.State.RELEASED


def test_a_portion_is_divided_into_what_is_kept_and_what_is_not(standin, clock, drain):
    escrow = make_escrow(total=10000, parts=3)
    pay(escrow, standin, now=clock.now())
    kept, rest = operations.divide(portion_of(escrow, 1), kept_cents=1667, now=clock.now())
    assert (kept.number, kept.gross_cents, kept.fee_cents) == (1, 1667, 250)
    assert (rest.number, rest.gross_cents, rest.fee_cents, rest.state) == (4, 1666, 0, "held")
    assert broken() == {}
    operations.refund([rest], reason="late_cancellation", by=escrow.payer, now=clock.now())
    operations.release(kept, by=None, now=clock.now())
    drain()
    assert where_is(escrow) == {"paid": 10000, "released": 1417, "fee": 250, "refunded": 1666, "held": 6667}
    assert broken() == {}


@pytest.mark.parametrize("kept", [0, 12000, 12001, -1])
def test_both_parts_of_a_divided_portion_are_worth_something(standin, clock, kept):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now())
    with pytest.raises(ValueError, match="worth something"):
        operations.divide(portion_of(escrow), kept_cents=kept, now=clock.now())


def test_what_is_not_held_cannot_be_divided(clock):
    with pytest.raises(Refused) as refusal:
        operations.divide(portion_of(make_escrow()), kept_cents=1, now=clock.now())
    assert refusal.value.code == "not_held"


def test_where_the_money_of_many_escrows_is_costs_one_query(standin, clock, django_assert_num_queries):
    escrows = [make_escrow() for _one in range(3)]
    pay(escrows[0], standin, now=clock.now())
    with django_assert_num_queries(1):
        places = where_are(escrows)
    assert [places[escrow.pk]["held"] for escrow in escrows] == [48000, 0, 0]
