"""Disputes: money withdrawn, evidence, won, lost."""

import pytest
import stripe

from .conftest import DAY, chosen


def disputed(standin):
    charge = standin.paid(20000, "4000000000000259")
    standin.settle()
    return standin.stripe.disputes.list({"charge": charge.id}).data[0]


def told(standin):
    events = standin.stripe.events.list({"limit": 50}).data
    return [event.type for event in reversed(events) if "dispute" in event.type]


def test_card_0259_is_disputed_and_the_money_withdrawn_with_a_fee(standin):
    dispute = disputed(standin)
    assert (dispute.amount, dispute.status, dispute.reason) == (20000, "needs_response", "fraudulent")
    assert told(standin) == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    assert sum(standin.balance()) == 19390 - 20000 - 1500
    assert standin.stripe.charges.retrieve(dispute.charge).disputed is True
    taken = dispute.balance_transactions[0]
    assert (taken.amount, taken.fee, taken.net, taken.type) == (-20000, 1500, -21500, "adjustment")


def test_winning_evidence_brings_the_amount_back_but_not_the_fee(standin):
    dispute = disputed(standin)
    given = {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": True}
    assert standin.stripe.disputes.update(dispute.id, given, chosen("evidence")).status == "under_review"
    standin.settle()
    assert standin.stripe.disputes.retrieve(dispute.id).status == "won"
    assert sum(standin.balance()) == 19390 - 1500
    assert told(standin)[-3:] == ["charge.dispute.funds_reinstated", "charge.dispute.updated", "charge.dispute.closed"]


def test_other_evidence_loses(standin):
    dispute = disputed(standin)
    given = {"evidence": {"uncategorized_text": "losing_evidence"}, "submit": True}
    standin.stripe.disputes.update(dispute.id, given, chosen("evidence"))
    standin.settle()
    assert standin.stripe.disputes.retrieve(dispute.id).status == "lost"
    assert "charge.dispute.funds_reinstated" not in told(standin)


def test_evidence_may_be_kept_for_later(standin):
    dispute = disputed(standin)
    given = {"evidence": {"customer_name": "Ann"}, "submit": False}
    kept = standin.stripe.disputes.update(dispute.id, given, chosen("evidence"))
    assert (kept.status, kept.evidence.customer_name, kept.evidence_details.has_evidence) == (
        "needs_response",
        "Ann",
        True,
    )


def test_without_an_answer_it_is_lost_at_the_deadline(standin):
    dispute = disputed(standin)
    standin.move_clock(9 * DAY + 3600)
    found = standin.stripe.disputes.retrieve(dispute.id)
    assert (found.status, found.evidence_details.past_due) == ("lost", True)


def test_closing_accepts_the_loss_and_happens_once(standin):
    dispute = disputed(standin)
    assert standin.stripe.disputes.close(dispute.id, {}, chosen("close")).status == "lost"
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        standin.stripe.disputes.close(dispute.id, {}, chosen("close"))


def test_a_disputed_charge_cannot_be_refunded(standin):
    dispute = disputed(standin)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        standin.stripe.refunds.create({"charge": dispute.charge}, chosen("refund"))
    assert refusal.value.code == "charge_disputed"


def test_a_dispute_can_be_opened_and_decided_by_hand(standin):
    charge = standin.paid(20000)
    dispute = standin.control("dispute", charge=charge.id)
    assert standin.control("decide", dispute=dispute["id"], outcome="won")["status"] == "won"
