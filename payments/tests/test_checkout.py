"""Paying by Checkout: one page, one effect, and the books."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import PermissionDenied

from accounts.tests.factories import StudentFactory
from core.models import Event
from core.refused import Refused
from payments import gateway, operations
from payments.answers import Charge, Checkout
from payments.books import where_is
from payments.models import Incident, LedgerAccount, LedgerEntry, Payment, Portion, Refund, StripeCustomer
from payments.operations.settlement import settle
from payments.tests.factories import DECLINED, balances, broken, make_escrow, open_page, pay

pytestmark = pytest.mark.django_db
State = Payment.State
PAID_48000 = {"paid": 48000, "released": 0, "fee": 0, "refunded": 0, "held": 48000}


def events_named(name):
    return Event.objects.filter(name=name)


def test_a_paid_page_fills_the_portions_and_the_books(standin, clock):
    escrow = make_escrow()
    payment = pay(escrow, standin, now=clock.now())
    assert payment.state == State.SUCCEEDED
    assert [portion.state for portion in escrow.portions.all()] == [Portion.State.HELD] * 4
    assert LedgerAccount.objects.get(escrow=escrow).balance_cents == 48000
    entry = LedgerEntry.objects.get(kind=LedgerEntry.Kind.PAID)
    assert (entry.debit.kind, entry.credit.kind, entry.amount_cents) == ("cash", "held", 48000)
    assert entry.stripe_id == payment.charge_id
    assert payment.receipt_url.startswith("http")
    assert where_is(escrow) == PAID_48000
    assert events_named("payment_settled").get().facts == {"amount_cents": 48000}
    assert broken() == {}


def test_settling_again_and_again_has_one_effect(standin, clock):
    payment = pay(make_escrow(), standin, now=clock.now())
    for _again in range(3):
        assert operations.settle_checkout(payment.checkout_session_id, now=clock.now()).state == State.SUCCEEDED
    assert LedgerEntry.objects.filter(kind="paid").count() == 1
    assert events_named("payment_settled").count() == 1
    assert Refund.objects.count() == 0


def test_stripes_fee_is_booked_once_it_is_known(standin, clock, drain):
    payment = open_page(make_escrow(), now=clock.now())
    standin.pay(payment.checkout_session_id)
    answer = gateway.get_checkout(payment.checkout_session_id)
    early = replace(answer, charge=replace(answer.charge, settled_currency="", fee_cents=None))
    payment = settle(early, now=clock.now())
    assert (payment.state, payment.stripe_fee_cents) == (State.SUCCEEDED, None)
    assert balances() == {"cash": 48000, "held": 48000}
    drain()
    payment.refresh_from_db()
    operations.learn_fee(payment, now=clock.now())
    assert payment.stripe_fee_cents == 48000 * 29 // 1000 + 30 == 1422
    assert balances() == {"cash": 46578, "held": 48000, "stripe_fees": 1422}
    assert broken() == {}


def test_a_page_that_nobody_paid_on_changes_nothing(standin, clock):
    payment = open_page(make_escrow(), now=clock.now())
    assert operations.settle_checkout(payment.checkout_session_id, now=clock.now()).state == State.PENDING
    assert LedgerEntry.objects.count() == 0


def test_an_open_page_is_given_again(standin, clock):
    escrow = make_escrow()
    first = open_page(escrow, now=clock.now())
    second = open_page(escrow, now=clock.advance(hours=1))
    assert (second.pk, second.checkout_url) == (first.pk, first.checkout_url)
    assert urlsplit(first.checkout_url).scheme in {"http", "https"}


def test_only_the_payer_may_pay(standin, clock):
    escrow = make_escrow()
    for somebody in (StudentFactory(), escrow.payee):
        with pytest.raises(PermissionDenied):
            open_page(escrow, now=clock.now(), by=somebody)
    assert Payment.objects.count() == 0


def test_what_is_paid_cannot_be_paid_again(standin, clock):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now())
    with pytest.raises(Refused, match="paid already") as refusal:
        open_page(escrow, now=clock.now(), amount_cents=48000)
    assert refusal.value.code == "already_paid"


@pytest.mark.parametrize("amount", [1, 11999, 12001, 48001, 60000])
def test_an_amount_that_fits_no_portions_is_refused(standin, clock, amount):
    with pytest.raises(Refused) as refusal:
        open_page(make_escrow(), now=clock.now(), amount_cents=amount)
    assert refusal.value.code == "wrong_amount"


def test_a_tranche_fills_its_portions_and_the_next_one_the_rest(standin, clock):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now(), amount_cents=24000)
    states = list(escrow.portions.values_list("state", flat=True))
    assert states == ["held", "held", "unfunded", "unfunded"]
    pay(escrow, standin, now=clock.now(), amount_cents=24000)
    assert set(escrow.portions.values_list("state", flat=True)) == {"held"}
    assert where_is(escrow) == PAID_48000
    assert broken() == {}


def test_a_declined_card_is_told_once_and_another_may_be_tried(standin, clock):
    payment = open_page(make_escrow(), now=clock.now())
    standin.pay(payment.checkout_session_id, DECLINED)
    for _again in range(2):
        payment = operations.settle_checkout(payment.checkout_session_id, now=clock.now())
    assert (payment.state, payment.failure_code) == (State.PENDING, "generic_decline")
    assert events_named("payment_failed").get().facts == {"code": "generic_decline"}
    standin.pay(payment.checkout_session_id)
    assert operations.settle_checkout(payment.checkout_session_id, now=clock.now()).state == State.SUCCEEDED


def test_a_page_whose_time_is_over_is_closed_and_another_can_be_opened(standin, clock):
    escrow = make_escrow()
    first = open_page(escrow, now=clock.now())
    clock.advance(hours=24)
    second = open_page(escrow, now=clock.now())
    first.refresh_from_db()
    assert first.state == State.FAILED
    assert second.pk != first.pk
    assert events_named("payment_expired").get().subject_id == first.pk


def test_closing_a_page_makes_it_unpayable_at_stripe(standin, clock, drain):
    escrow = make_escrow()
    payment = open_page(escrow, now=clock.now())
    operations.close_checkout(escrow, now=clock.now())
    drain()
    payment.refresh_from_db()
    assert payment.state == State.FAILED
    with pytest.raises(AssertionError, match="expired"):
        standin.pay(payment.checkout_session_id)


def test_closing_twice_or_with_nothing_open_is_quiet(standin, clock, drain):
    escrow = make_escrow()
    operations.close_checkout(escrow, now=clock.now())
    open_page(escrow, now=clock.now())
    for _again in range(2):
        operations.close_checkout(escrow, now=clock.now())
        drain()
    assert events_named("payment_expired").count() == 1


def test_money_that_came_before_the_page_was_closed_counts(standin, clock, drain):
    escrow = make_escrow()
    payment = open_page(escrow, now=clock.now())
    standin.pay(payment.checkout_session_id)
    operations.close_checkout(escrow, now=clock.now())
    drain()
    payment.refresh_from_db()
    assert payment.state == State.SUCCEEDED
    assert where_is(escrow) == PAID_48000


def test_a_payment_whose_webhook_was_lost_is_found(standin, clock, drain):
    payment = open_page(make_escrow(), now=clock.now())
    standin.pay(payment.checkout_session_id)
    clock.advance(minutes=30)
    drain()
    payment.refresh_from_db()
    assert payment.state == State.SUCCEEDED


def test_money_for_portions_that_are_funded_goes_back_by_itself(standin, clock, drain):
    """An attempt given up by us is paid after all, when another has filled the portions."""
    escrow = make_escrow()
    late = open_page(escrow, now=clock.now())
    Payment.objects.filter(pk=late.pk).update(state=State.FAILED)
    pay(escrow, standin, now=clock.now())
    standin.pay(late.checkout_session_id)
    late = operations.settle_checkout(late.checkout_session_id, now=clock.now())
    assert where_is(escrow)["held"] == 96000
    assert broken() == {}
    drain()
    late.refresh_from_db()
    assert late.state == State.REFUNDED
    assert where_is(escrow) == {"paid": 96000, "released": 0, "fee": 0, "refunded": 48000, "held": 48000}
    assert operations.refund_surplus(late, now=clock.now()) is None
    assert Refund.objects.get().reason == "surplus"
    assert broken() == {}


def test_no_surplus_no_refund(standin, clock):
    escrow = make_escrow()
    payment = open_page(escrow, now=clock.now())
    assert operations.refund_surplus(payment, now=clock.now()) is None
    standin.pay(payment.checkout_session_id)
    payment = operations.settle_checkout(payment.checkout_session_id, now=clock.now())
    assert operations.refund_surplus(payment, now=clock.now()) is None


def answer_for(payment, **changes):
    charge = {
        "id": "ch_1", "amount_cents": payment.amount_cents, "currency": "usd", "is_paid": True, "receipt_url": "",
        "intent_id": "pi_1", "payment_key": "", "settled_currency": "usd", "fee_cents": 100,
    }  # fmt: skip
    answer = {
        "id": payment.checkout_session_id, "url": "", "status": "complete", "payment_status": "paid", "currency": "usd",
        "amount_cents": payment.amount_cents, "payment_key": "", "intent_id": "pi_1", "intent_status": "succeeded",
        "failure_code": "",
    }  # fmt: skip
    charge |= {name: value for name, value in changes.items() if name in charge and name not in answer}
    charge |= changes.get("charge", {})
    answer |= {name: value for name, value in changes.items() if name in answer}
    return Checkout(**answer, charge=Charge(**charge))


@pytest.mark.parametrize("charge", [{"settled_currency": "eur"}, {"currency": "eur"}, {"amount_cents": 47999}])
def test_another_amount_or_currency_than_agreed_is_not_booked(standin, clock, charge):
    payment = open_page(make_escrow(), now=clock.now())
    for _again in range(2):
        payment = settle(answer_for(payment, charge=charge), now=clock.now())
    assert payment.state == State.PENDING
    assert LedgerEntry.objects.count() == 0
    assert Incident.objects.get().kind == "payment_differs"


def test_a_fee_in_another_currency_is_not_booked(standin, clock):
    payment = open_page(make_escrow(), now=clock.now())
    unknown = {"settled_currency": "", "fee_cents": None}
    payment = settle(answer_for(payment, charge=unknown), now=clock.now())
    settle(answer_for(payment, charge={"settled_currency": "eur"}), now=clock.now())
    payment.refresh_from_db()
    assert (payment.state, payment.stripe_fee_cents) == (State.SUCCEEDED, None)
    assert Incident.objects.get().kind == "fee_differs"


def test_a_bank_that_works_on_it_and_then_says_yes(standin, clock):
    escrow = make_escrow()
    payment = open_page(escrow, now=clock.now())
    waiting = {"payment_status": "unpaid", "intent_status": "processing"}
    for _again in range(2):
        assert settle(answer_for(payment, **waiting), now=clock.now()).state == State.PROCESSING
    assert LedgerEntry.objects.count() == 0
    with pytest.raises(Refused) as refusal:
        open_page(escrow, now=clock.now())
    assert refusal.value.code == "processing"
    assert settle(answer_for(payment), now=clock.now()).state == State.SUCCEEDED


def test_a_bank_that_works_on_it_and_then_says_no(standin, clock):
    payment = open_page(make_escrow(), now=clock.now())
    settle(answer_for(payment, payment_status="unpaid", intent_status="processing"), now=clock.now())
    no = {
        "payment_status": "unpaid",
        "intent_status": "requires_payment_method",
        "failure_code": "debit_not_authorized",
    }
    for _again in range(2):
        assert settle(answer_for(payment, **no), now=clock.now()).state == State.FAILED
    assert events_named("payment_failed").get().facts == {"code": "debit_not_authorized"}


def test_money_is_never_taken_back_by_an_older_answer(standin, clock):
    payment = open_page(make_escrow(), now=clock.now())
    settle(answer_for(payment), now=clock.now())
    for older in ({"status": "open", "payment_status": "unpaid"}, {"status": "expired", "payment_status": "unpaid"}):
        assert settle(answer_for(payment, **older), now=clock.now()).state == State.SUCCEEDED


@pytest.mark.parametrize("mode", ["timeout_after", "500_after", "timeout_before", "500_before", "429"])
def test_an_answer_that_never_came_is_asked_for_again(standin, clock, mode):
    escrow = make_escrow()
    StripeCustomer.objects.create(user=escrow.payer, stripe_id=None)
    standin.post("fail", mode=mode, path_contains="checkout/sessions", method="POST", seconds=0.1)
    with pytest.raises(Refused) as refusal:
        open_page(escrow, now=clock.now())
    assert refusal.value.code == "stripe_unreachable"
    assert Payment.objects.get().state == State.PENDING
    payment = pay(escrow, standin, now=clock.advance(minutes=3))
    assert payment.state == State.SUCCEEDED
    assert where_is(escrow) == PAID_48000


def test_a_refusal_of_stripe_ends_the_attempt(standin, clock):
    escrow = make_escrow(total=40)  # below the least that Stripe takes
    with pytest.raises(gateway.SaidNo):
        open_page(escrow, now=clock.now())
    assert Payment.objects.get().state == State.FAILED


def test_the_lost_answer_of_a_page_that_was_paid_is_matched_by_our_mark(standin, clock):
    """A page whose id we never learned."""
    payment = open_page(make_escrow(), now=clock.now())
    session_id = payment.checkout_session_id
    Payment.objects.filter(pk=payment.pk).update(checkout_session_id=None, checkout_url="")
    standin.pay(session_id)
    payment = operations.settle_checkout(session_id, now=clock.now())
    assert (payment.state, payment.checkout_session_id) == (State.SUCCEEDED, session_id)


def test_a_session_that_is_not_ours_is_nobodys(standin, clock):
    payment = open_page(make_escrow(), now=clock.now())
    stranger = payment.checkout_session_id
    Payment.objects.all().delete()
    with pytest.raises(Payment.DoesNotExist):
        operations.settle_checkout(stranger, now=clock.now())


def test_a_payer_is_one_customer_at_stripe(standin, clock):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now(), amount_cents=12000)
    pay(escrow, standin, now=clock.now(), amount_cents=12000)
    assert StripeCustomer.objects.get().stripe_id.startswith("cus_")


def test_stripe_is_not_called_inside_a_transaction(standin, clock):
    from core.operations import operation

    escrow = make_escrow()

    @operation
    def careless():
        open_page(escrow, now=clock.now())

    with pytest.raises(RuntimeError, match="inside a transaction"):
        careless()


def test_the_page_lives_shorter_than_stripe_allows(standin, clock):
    payment = open_page(make_escrow(), now=clock.now())
    assert payment.expires_at - payment.created_at == timedelta(hours=23)
