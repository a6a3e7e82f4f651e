"""From held back to the card: once, and held again where the bank sends it back."""

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.tests.factories import StudentFactory, UserFactory
from core.models import Event
from core.refused import Refused
from payments import gateway, operations
from payments.books import where_is
from payments.models import Incident, Payment, Portion, Refund
from payments.tests.factories import REFUND_FAILS, balances, broken, make_escrow, pay, portion_of

pytestmark = pytest.mark.django_db
State = Refund.State


@pytest.fixture
def escrow(standin, clock):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now())
    return escrow


def give_back(escrow, *numbers, now, by=None):
    portions = list(escrow.portions.filter(number__in=numbers))
    return operations.refund(portions, reason="requested", by=by, now=now)


def at_stripe(escrow):
    intent = escrow.payments.first().payment_intent_id
    found = gateway._ask(lambda: gateway.client().v1.refunds.list({"payment_intent": intent}))["data"]
    return sorted(row["amount"] for row in found if row["status"] == "succeeded")


def test_held_portions_go_back_whole(escrow, clock):
    (refund,) = give_back(escrow, 1, 2, now=clock.now(), by=escrow.payer)
    assert (refund.amount_cents, refund.state, refund.decided_by) == (24000, State.PLANNED, escrow.payer)
    assert list(escrow.portions.values_list("state", flat=True)) == ["refunding", "refunding", "held", "held"]
    assert where_is(escrow)["held"] == 48000, "until Stripe has it"
    assert broken() == {}
    refund = operations.send_refund(refund, now=clock.now())
    assert (refund.state, refund.tries) == (State.MADE, 1)
    assert list(escrow.portions.values_list("state", flat=True)) == ["refunded", "refunded", "held", "held"]
    assert where_is(escrow) == {"paid": 48000, "released": 0, "fee": 0, "refunded": 24000, "held": 24000}
    assert balances() == {"cash": 22578, "held": 24000, "stripe_fees": 1422}
    assert Payment.objects.get().state == Payment.State.PARTIALLY_REFUNDED
    assert Event.objects.get(name="refund_made").facts == {"amount_cents": 24000}
    assert at_stripe(escrow) == [24000]
    assert broken() == {}


def test_all_portions_back_is_a_refunded_payment(escrow, clock, drain):
    give_back(escrow, 1, 2, 3, 4, now=clock.now())
    drain()
    assert Payment.objects.get().state == Payment.State.REFUNDED
    assert balances()["stripe_fees"] == 1422, "Stripe keeps its fee; the student gets all"
    assert where_is(escrow)["refunded"] == 48000


def test_sending_again_changes_nothing(escrow, clock):
    (refund,) = give_back(escrow, 1, now=clock.now())
    for _again in range(3):
        operations.send_refund(refund, now=clock.now())
        clock.advance(days=2)
    assert at_stripe(escrow) == [12000]


def test_giving_back_again_is_refused(escrow, clock):
    give_back(escrow, 1, now=clock.now())
    with pytest.raises(Refused) as refusal:
        give_back(escrow, 1, 2, now=clock.now())
    assert refusal.value.code == "not_held"
    assert portion_of(escrow, 2).state == Portion.State.HELD, "all or nothing"
    assert Refund.objects.count() == 1


def test_released_money_is_not_given_back_here(escrow, clock):
    operations.release(portion_of(escrow), by=None, now=clock.now())
    with pytest.raises(Refused) as refusal:
        give_back(escrow, 1, now=clock.now())
    assert refusal.value.code == "not_held"


def test_nothing_to_give_back_is_no_refund(escrow, clock):
    assert operations.refund([], reason="x", by=None, now=clock.now()) == []


@pytest.mark.parametrize("who", ["payer", "payee"])
def test_both_parties_may_decide_it(escrow, clock, who):
    assert len(give_back(escrow, 1, now=clock.now(), by=getattr(escrow, who))) == 1


def test_a_stranger_and_staff_without_the_permission_may_not(escrow, clock):
    for somebody in (StudentFactory(), UserFactory(is_staff=True)):
        with pytest.raises(PermissionDenied):
            give_back(escrow, 1, now=clock.now(), by=somebody)
    assert Refund.objects.count() == 0


def test_staff_with_the_permission_may(escrow, clock):
    staff = UserFactory(is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="add_refund", content_type__app_label="payments"))
    assert give_back(escrow, 1, now=clock.now(), by=staff)[0].decided_by == staff


def test_portions_of_two_payments_make_two_refunds(standin, clock, drain):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now(), amount_cents=24000)
    pay(escrow, standin, now=clock.now(), amount_cents=24000)
    refunds = give_back(escrow, 2, 3, now=clock.now())
    assert [refund.amount_cents for refund in refunds] == [12000, 12000]
    assert len({refund.payment_id for refund in refunds}) == 2
    drain()
    assert set(Payment.objects.values_list("state", flat=True)) == {"partially_refunded"}
    assert broken() == {}


def test_a_planned_release_is_forgotten(escrow, clock, drain):
    operations.schedule_release(portion_of(escrow), due_at=clock.now(), now=clock.now())
    give_back(escrow, 1, now=clock.now())
    clock.advance(days=30)
    drain()
    assert portion_of(escrow).state == Portion.State.REFUNDED
    assert portion_of(escrow).release_due_at is None


@pytest.mark.parametrize("mode", ["timeout_after", "timeout_before", "500_before", "429"])
def test_without_an_answer_the_same_key_is_sent_again(escrow, standin, clock, mode):
    (refund,) = give_back(escrow, 1, now=clock.now())
    standin.post("fail", mode=mode, path_contains="/v1/refunds", method="POST", seconds=0.1)
    refund = operations.send_refund(refund, now=clock.now())
    assert (refund.state, where_is(escrow)["refunded"]) == (State.UNKNOWN, 0)
    refund = operations.send_refund(refund, now=clock.advance(minutes=5))
    assert (refund.state, refund.tries) == (State.MADE, 2)
    assert at_stripe(escrow) == [12000]
    assert broken() == {}


def test_a_failure_that_is_replayed_is_looked_up_when_the_key_is_old(escrow, standin, clock):
    (refund,) = give_back(escrow, 1, now=clock.now())
    standin.post("fail", mode="500_after", path_contains="/v1/refunds", method="POST")
    for _hour in range(2):
        assert operations.send_refund(refund, now=clock.advance(hours=1)).state == State.UNKNOWN
    assert operations.send_refund(refund, now=clock.advance(hours=23)).state == State.MADE
    assert at_stripe(escrow) == [12000]


def test_what_never_reached_stripe_is_sent_anew_under_another_key(escrow, standin, clock, drain):
    (first,) = give_back(escrow, 1, now=clock.now())
    standin.post("fail", mode="timeout_before", path_contains="/v1/refunds", method="POST", seconds=0.1)
    operations.send_refund(first, now=clock.now())
    operations.send_refund(first, now=clock.advance(hours=24))
    first.refresh_from_db()
    assert first.state == State.REFUSED
    assert broken() == {}
    drain()
    second = Refund.objects.get(state=State.MADE)
    assert (second.amount_cents, second.key == first.key) == (12000, False)
    assert at_stripe(escrow) == [12000]
    assert broken() == {}


def test_a_refusal_holds_the_money_again_and_tells_staff(escrow, standin, clock):
    """Somebody gave it all back at Stripe's own pages."""
    intent = escrow.payments.get().payment_intent_id
    params = {"payment_intent": intent, "amount": 48000}
    gateway._ask(lambda: gateway.client().v1.refunds.create(params, {"idempotency_key": "refund:by-hand"}))
    (refund,) = give_back(escrow, 1, now=clock.now())
    refund = operations.send_refund(refund, now=clock.now())
    assert (refund.state, portion_of(escrow).state) == (State.REFUSED, Portion.State.HELD)
    assert refund.last_error.startswith("charge_already_refunded")
    assert Incident.objects.get().facts == {"amount_cents": 12000, "code": "charge_already_refunded"}
    assert Event.objects.filter(name="refund_failed").count() == 1
    assert Payment.objects.get().state == Payment.State.SUCCEEDED
    assert broken() == {}


def test_a_refund_that_the_bank_sends_back_is_held_again(standin, clock, drain):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now(), card=REFUND_FAILS)
    (refund,) = give_back(escrow, 1, 2, now=clock.now())
    refund = operations.send_refund(refund, now=clock.now())
    assert (refund.state, portion_of(escrow).state) == (State.MADE, Portion.State.REFUNDED)
    clock.advance(seconds=5)
    answer = gateway.get_refund(refund.stripe_id)
    for _again in range(2):
        refund = keep(refund, answer, clock.now())
    assert (refund.state, portion_of(escrow).state) == (State.FAILED, Portion.State.HELD)
    assert where_is(escrow) == {"paid": 48000, "released": 0, "fee": 0, "refunded": 0, "held": 48000}
    assert Payment.objects.get().state == Payment.State.SUCCEEDED
    assert Incident.objects.get().kind == "refund_failed"
    assert Event.objects.filter(name="refund_failed").count() == 1
    assert broken() == {}
    assert operations.release(portion_of(escrow), by=None, now=clock.now()).state == Portion.State.RELEASED


def keep(refund, answer, now):
    from payments.operations.refunds import keep_refund

    return keep_refund(refund, answer, now=now)


class TestSendingAgain:
    @pytest.fixture
    def failed(self, standin, clock):
        """Two of four portions, which the bank sent back."""
        escrow = make_escrow()
        pay(escrow, standin, now=clock.now(), card=REFUND_FAILS)
        (refund,) = give_back(escrow, 1, 2, now=clock.now())
        refund = operations.send_refund(refund, now=clock.now())
        clock.advance(seconds=5)
        return keep(refund, gateway.get_refund(refund.stripe_id), clock.now())

    def test_staff_send_what_came_back_once_more_under_a_key_of_its_own(self, failed, clock):
        finance = staff("add_refund")
        (again,) = operations.refund_again(failed, by=finance, now=clock.now())
        assert (again.amount_cents, again.reason, again.decided_by) == (24000, failed.reason, finance)
        assert again.key != failed.key
        assert [portion_of(again.payment.escrow, number).state for number in (1, 2, 3)] == [
            "refunding", "refunding", "held",
        ]  # fmt: skip
        assert operations.send_refund(again, now=clock.now()).state == State.MADE
        assert where_is(again.payment.escrow)["refunded"] == 24000
        assert broken() == {}

    def test_a_second_click_sends_nothing(self, failed, clock):
        finance = staff("add_refund")
        operations.refund_again(failed, by=finance, now=clock.now())
        with pytest.raises(Refused) as refusal:
            operations.refund_again(failed, by=finance, now=clock.now())
        assert refusal.value.code == "not_held"
        assert failed.payment.refunds.count() == 2

    def test_what_did_not_fail_is_not_sent_again(self, failed, clock):
        (again,) = operations.refund_again(failed, by=staff("add_refund"), now=clock.now())
        with pytest.raises(Refused) as refusal:
            operations.refund_again(again, by=staff("add_refund"), now=clock.now())
        assert refusal.value.code == "not_failed"

    def test_only_staff_who_may_refund_do_it(self, failed, clock):
        for stranger in (staff("view_refund"), failed.payment.escrow.payer, failed.payment.escrow.payee):
            with pytest.raises(PermissionDenied):
                operations.refund_again(failed, by=stranger, now=clock.now())

    def test_surplus_is_sent_again_as_such(self, escrow, clock):
        payment = escrow.payments.get()
        Portion.objects.filter(escrow=escrow, number=4).update(state="unfunded", payment=None)
        surplus = operations.refund_surplus(payment, now=clock.now())
        Refund.objects.filter(pk=surplus.pk).update(state=State.REFUSED)
        (again,) = operations.refund_again(surplus, by=staff("add_refund"), now=clock.now())
        assert (again.amount_cents, again.parts.count()) == (surplus.amount_cents, 0)
        with pytest.raises(Refused):
            operations.refund_again(surplus, by=staff("add_refund"), now=clock.now())

    def test_the_admin_offers_it_where_it_failed_and_to_those_who_may(self, failed, client):
        page = reverse("admin:payments_refund_change", args=[failed.pk])
        client.force_login(staff("view_refund"))
        assert "Send it again" not in client.get(page).content.decode()
        client.force_login(staff("view_refund", "add_refund"))
        assert "Send it again" in client.get(page).content.decode()
        client.post(reverse("admin:payments_refund_actions", args=[failed.pk, "send_again"]))
        assert failed.payment.refunds.filter(state=State.PLANNED).count() == 1
        assert "Send it again" not in client.get(page).content.decode()


def staff(*codenames):
    member = UserFactory(is_staff=True)
    member.user_permissions.add(*Permission.objects.filter(codename__in=codenames, content_type__app_label="payments"))
    return member
