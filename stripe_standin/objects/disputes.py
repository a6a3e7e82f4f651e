"""Disputes: a card's owner asks the bank for the money back; it is withdrawn until the case is decided."""

from ..due import job, plan
from ..errors import missing, refused
from ..events import emit
from ..ids import new_id
from ..lists import PAGE, page
from ..params import boolean, group, metadata, text
from ..routes import route
from .balance import DAY, move

FEE = 1500
TIME_TO_ANSWER = 9 * DAY
OPEN = ("needs_response", "under_review")
EVIDENCE = [
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
]


@job("dispute")
def open_dispute(world, charge_id) -> dict:
    """Withdraws the charge's amount and a fee, and asks for evidence."""
    charge = world.store.get(charge_id)
    value = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"] or value == 0:
        raise refused("This charge was already disputed or refunded.", param="charge")
    body = _shape(world, charge, value)
    taken = move(world, "adjustment", -value, charge["currency"], body["id"], fee=FEE)
    body["balance_transactions"] = [taken]
    world.store.add(body)
    charge["disputed"] = True
    world.store.save(charge)
    emit(world, "charge.dispute.created", body)
    emit(world, "charge.dispute.funds_withdrawn", body)
    emit(world, "charge.updated", charge, previous={"disputed": False})
    plan(world, "dispute_deadline", body["id"], body["evidence_details"]["due_by"])
    return body


@job("dispute_deadline")
def lose_unanswered(world, id_):
    dispute = world.store.get(id_)
    if dispute["status"] == "needs_response":
        dispute["evidence_details"]["past_due"] = True
        decide(world, dispute, won=False)


@job("dispute_decision")
def decide_by_evidence(world, id_):
    """The bank decides as in Stripe's test mode: evidence with the word ``winning_evidence`` wins."""
    dispute = world.store.get(id_)
    if dispute["status"] == "under_review":
        decide(world, dispute, won="winning_evidence" in str(dispute["evidence"].values()))


def decide(world, dispute, *, won) -> None:
    """Closes the case; who wins gets the amount back, not the fee."""
    before = {"status": dispute["status"]}
    dispute["status"] = "won" if won else "lost"
    if won:
        back = move(
            world, "adjustment", dispute["amount"], dispute["currency"], dispute["id"], category="dispute_reversal"
        )
        dispute["balance_transactions"].append(back)
        world.store.hide(dispute["charge"], dispute_won=True)
    world.store.save(dispute)
    if won:
        emit(world, "charge.dispute.funds_reinstated", dispute)
    emit(world, "charge.dispute.updated", dispute, previous=before)
    emit(world, "charge.dispute.closed", dispute)


@route("GET", "/v1/disputes/{dispute}")
def retrieve(call):
    return _find(call)


@route("POST", "/v1/disputes/{dispute}", "evidence submit")
def update(call):
    dispute = _find(call)
    if dispute["status"] not in OPEN:
        raise refused("This dispute is already closed")
    before = {"status": dispute["status"]}
    given = group(call.params, "evidence")
    dispute["evidence"].update({name: text(given, name) for name in given if name in EVIDENCE})
    dispute["metadata"] = metadata(call.params, dispute["metadata"])
    dispute["evidence_details"]["has_evidence"] = any(dispute["evidence"][name] for name in EVIDENCE)
    if given and boolean(call.params, "submit", default=True):
        dispute["status"] = "under_review"
        dispute["evidence_details"]["submission_count"] += 1
        plan(call.world, "dispute_decision", dispute["id"], call.world.clock.now() + call.world.config.fee_delay)
    emit(call.world, "charge.dispute.updated", call.store.save(dispute), previous=before)
    return dispute


@route("POST", "/v1/disputes/{dispute}/close")
def close(call):
    dispute = _find(call)
    if dispute["status"] not in OPEN:
        raise refused("This dispute is already closed")
    decide(call.world, dispute, won=False)
    return dispute


@route("GET", "/v1/disputes", f"{PAGE} charge payment_intent")
def list_all(call):
    return page(call, "dispute", filters=("charge", "payment_intent"))


def _find(call):
    found = call.store.get(call.ids[0], "dispute", call.account)
    if found is None:
        raise missing("dispute", call.ids[0], param="dispute")
    return found


def _shape(world, charge, value):
    card = {"brand": "visa", "case_type": "chargeback", "network": "visa", "network_reason_code": "10.4"}
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": value,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": world.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": world.now() + TIME_TO_ANSWER,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {"card": card, "type": "card"},
        "reason": "fraudulent",
        "status": "needs_response",
    }
