"""Payouts from an account's balance to its bank: by the call, or daily as money becomes available."""

from ..due import job, plan
from ..errors import missing, refused
from ..events import emit
from ..ids import new_id
from ..lists import PAGE, page
from ..params import amount, currency, metadata, text
from ..routes import route
from .balance import DAY, funds, move


@route("POST", "/v1/payouts", "amount currency description destination method source_type statement_descriptor")
def create(call):
    value, money = amount(call.params), currency(call.params)
    account = call.store.get(call.account) if call.account else None
    if account and not account["payouts_enabled"]:
        raise refused("Cannot create payouts: this account has payouts disabled.", code="payouts_not_allowed")
    if funds(call.world, call.account, money)["available"] < value:
        message = "You have insufficient funds in your Stripe account for this transfer."
        raise refused(message, code="balance_insufficient")
    facts = {name: text(call.params, name) for name in ("description", "statement_descriptor")}
    return make_payout(call.world, call.account, value, money, metadata=metadata(call.params), **facts)


def make_payout(world, account, value, money, **facts) -> dict:
    """Takes the money out of the balance; it arrives a day later."""
    body = _shape(world, account, value, money, **facts)
    body["balance_transaction"] = move(world, "payout", -value, money, body["id"], account=account)["id"]
    world.store.add(body, account)
    emit(world, "payout.created", body, account=account)
    plan(world, "payout_on_its_way", body["id"], world.now() + DAY // 2)
    return body


@job("payout_on_its_way")
def send_payout(world, id_):
    payout = world.store.get(id_)
    if payout["status"] == "pending":
        account = world.store.account_of(id_)
        payout["status"] = "in_transit"
        emit(world, "payout.updated", world.store.save(payout), account=account, previous={"status": "pending"})
        plan(world, "payout_arrival", id_, max(payout["arrival_date"], world.now()))


@job("payout_arrival")
def arrive(world, id_):
    payout = world.store.get(id_)
    if payout["status"] == "in_transit":
        payout.update(status="paid", reconciliation_status=_reconciled(payout))
        emit(world, "payout.paid", world.store.save(payout), account=world.store.account_of(id_))


@job("daily_payout")
def pay_out_what_is_available(world, subject):
    """The account's automatic payout, once a day."""
    account, money = subject.split()
    body = world.store.get(account)
    value = funds(world, account, money)["available"]
    if body and body["payouts_enabled"] and value > 0:
        make_payout(world, account, value, money, automatic=True)


def fail_payout(world, payout) -> None:
    """The bank would not have it: the money is back in the balance."""
    account = world.store.account_of(payout["id"])
    back = move(world, "payout_failure", payout["amount"], payout["currency"], payout["id"], account=account)
    payout.update(
        status="failed",
        failure_balance_transaction=back["id"],
        failure_code="account_closed",
        failure_message="The bank account has been closed.",
    )
    emit(world, "payout.failed", world.store.save(payout), account=account)


@route("POST", "/v1/payouts/{payout}/cancel")
def cancel(call):
    payout = _find(call)
    if payout["status"] != "pending":
        raise refused("Payouts can only be canceled while pending.", code="payout_not_allowed")
    facts = {"account": call.account}
    back = move(call.world, "payout_cancel", payout["amount"], payout["currency"], payout["id"], **facts)
    payout.update(status="canceled", failure_balance_transaction=back["id"])
    emit(call.world, "payout.canceled", call.store.save(payout), account=call.account)
    return payout


@route("GET", "/v1/payouts/{payout}")
def retrieve(call):
    return _find(call)


@route("GET", "/v1/payouts", f"{PAGE} status arrival_date destination")
def list_all(call):
    return page(call, "payout", filters=("status",))


def _find(call):
    found = call.store.get(call.ids[0], "payout", call.account)
    if found is None:
        raise missing("payout", call.ids[0], param="payout")
    return found


def _reconciled(payout):
    return "completed" if payout["automatic"] else "not_applicable"


def _shape(world, account, value, money, *, automatic=False, metadata=None, **facts):
    banks = (world.store.get(account) or {"external_accounts": {"data": []}})["external_accounts"]["data"]
    nothing = (
        "application_fee application_fee_amount balance_transaction description failure_balance_transaction "
        "failure_code failure_message original_payout payout_method reversed_by statement_descriptor trace_id"
    )
    return {
        "id": new_id("po"),
        "object": "payout",
        **dict.fromkeys(nothing.split()),
        "amount": value,
        "arrival_date": world.now() + DAY,
        "automatic": automatic,
        "created": world.now(),
        "currency": money,
        "destination": banks[0]["id"] if banks else None,
        "livemode": False,
        "metadata": metadata or {},
        "method": "standard",
        "reconciliation_status": "in_progress" if automatic else "not_applicable",
        "source_type": "card",
        "status": "pending",
        "type": "bank_account",
        **facts,
    }
