"""What the control can do; each act takes the fields of the request and answers what it did."""

from ..deliveries import deliver_again, deliver_all
from ..due import run_due
from ..errors import missing
from ..failures import plan_failure
from ..objects.accounts import ask_for_more, deauthorize, onboard
from ..objects.disputes import decide, open_dispute
from ..objects.payment import AUTHENTICATE, authenticate, pay
from ..objects.payouts import fail_payout
from ..pages.checkout import return_address
from ..start import furnish
from ..web import json_answer

LATE = 600


def deliver(world, fields) -> dict:
    """Delivers all that is pending: ``order`` created or shuffled, ``twice`` for duplicates."""
    twice = str(fields.get("twice", "")).lower() in ("1", "true", "yes")
    return deliver_all(world, order=fields.get("order", "created"), twice=twice)


def fail(world, fields) -> dict:
    """The next calls fail: ``mode``, ``path_contains``, ``method``, ``count``, ``seconds``."""
    return vars(plan_failure(world, fields)) | {"planned": True}


def reset(world, fields) -> dict:
    """Forgets everything but the platform and the endpoints given at the start."""
    sending = world.sending.acquire(timeout=1)  # let a delivery under way end, but do not wait for a slow receiver
    try:
        with world.lock:
            with world.work() as store:
                store.empty()
            world.failures.clear()
            world.paused = False
            furnish(world)
    finally:
        if sending:
            world.sending.release()
    return {"reset": True}


def tick(world, fields) -> dict:
    """Does what is due now, or within ``ahead`` seconds."""
    return {"done": run_due(world, ahead=float(fields.get("ahead") or 0)), "now": world.now()}


def pay_session(world, fields) -> dict:
    """Pays a Checkout session as its page would; 3-D Secure is passed unless ``authenticate`` is fail."""
    with world.work():
        session = _get(world, "checkout.session", fields["session"])
        outcome = pay(world, session, fields.get("card", "4242424242424242"), email=fields.get("email"))
        if outcome == AUTHENTICATE:
            outcome = authenticate(world, session, passed=fields.get("authenticate") != "fail")
        intent = world.store.get(session["payment_intent"])
    charge = intent["latest_charge"]
    return {"outcome": outcome, "session": session, "payment_intent": intent["id"], "charge": charge, **_way(session)}


def onboard_account(world, fields) -> dict:
    with world.work():
        return onboard(world, _get(world, "account", fields["account"]))


def restrict_account(world, fields) -> dict:
    """Stripe asks for more: nothing is paid to the account until it is onboarded again."""
    with world.work():
        return ask_for_more(world, _get(world, "account", fields["account"]))


def deauthorize_account(world, fields) -> dict:
    with world.work():
        deauthorize(world, _get(world, "account", fields["account"]))
    return {"deauthorized": fields["account"]}


def dispute_charge(world, fields) -> dict:
    with world.work():
        return open_dispute(world, _get(world, "charge", fields["charge"])["id"])


def decide_dispute(world, fields) -> dict:
    """The bank's decision at once: ``outcome`` won or lost."""
    with world.work():
        dispute = _get(world, "dispute", fields["dispute"])
        decide(world, dispute, won=fields.get("outcome") == "won")
        return dispute


def fail_a_payout(world, fields) -> dict:
    with world.work():
        payout = _get(world, "payout", fields["payout"])
        fail_payout(world, payout)
        return payout


def redeliver(world, fields) -> dict:
    """Delivers one event once more: ``how`` again, late (in ten minutes) or twice."""
    how = fields.get("how", "again")
    later, times = LATE if how == "late" else 0, 2 if how == "twice" else 1
    deliver_again(world, int(fields["delivery"]), later=later, times=times)
    return {"planned": times}


def pause(world, fields) -> dict:
    world.paused = True
    return {"paused": True}


def resume(world, fields) -> dict:
    world.paused = False
    world.wake.set()
    return {"paused": False}


def list_deliveries(world, request):
    with world.lock:
        return json_answer({"deliveries": deliveries_of(world, int(request.fields.get("limit") or 1000))})


def deliveries_of(world, limit) -> list[dict]:
    """The newest deliveries with their event's type, their endpoint's address and their attempts."""
    statement = (
        "SELECT d.*, json_extract(e.body, '$.type') AS type, json_extract(w.body, '$.url') AS url "
        "FROM deliveries d LEFT JOIN objects e ON e.id = d.event LEFT JOIN objects w ON w.id = d.endpoint "
        "ORDER BY d.seq DESC LIMIT ?"
    )
    found = [dict(row) for row in world.store.sql(statement, limit)]
    for delivery in found:
        tries = world.store.sql("SELECT * FROM attempts WHERE delivery = ? ORDER BY seq", delivery["seq"])
        delivery["tries"] = [dict(row) for row in tries]
    return found


def _get(world, kind, id_):
    found = world.store.get(id_, kind)
    if found is None:
        raise missing(kind, id_)
    return found


def _way(session):
    return {"redirect": return_address(session) if session["status"] == "complete" else None}
