"""Balances: every cent that moves has a balance transaction; the balance is their sum."""

from ..due import job, plan
from ..errors import missing
from ..ids import new_id
from ..lists import PAGE, page
from ..routes import route

DAY = 86400
CATEGORIES = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "transfer": "transfer",
    "transfer_refund": "transfer_reversal",
    "adjustment": "dispute",
    "payout": "payout",
    "payout_failure": "payout_reversal",
    "payout_cancel": "payout_reversal",
}


def move(world, type_, amount, money, source, *, account="", fee=0, available_on=None, category=None) -> dict:
    """Moves ``amount`` (negative: out of the account) less ``fee``; pending until ``available_on``."""
    now = world.now()
    at_once = available_on is None or available_on <= now
    body = {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now if at_once else available_on,
        "balance_type": "payments",
        "created": now,
        "currency": money,
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": _fee_details(fee, money, type_),
        "net": amount - fee,
        "reporting_category": category or CATEGORIES[type_],
        "source": source,
        "status": "available" if at_once else "pending",
        "type": type_,
    }
    world.store.add(body, account)
    row = (body["id"], account, money, body["net"], int(at_once))
    world.store.sql("INSERT INTO moves (id, account, currency, net, available) VALUES (?, ?, ?, ?, ?)", *row)
    if not at_once:
        plan(world, "available", body["id"], available_on)
    if account and amount > 0:
        _plan_payout(world, account, money, body["available_on"])
    return body


def balance_of(world, account="") -> dict:
    """Sums by currency: {currency: {"available": …, "pending": …}}."""
    sums: dict = {}
    statement = "SELECT currency, available, SUM(net) AS net FROM moves WHERE account = ? GROUP BY currency, available"
    for row in world.store.sql(statement, account):
        parts = sums.setdefault(row["currency"], {"available": 0, "pending": 0})
        parts["available" if row["available"] else "pending"] = row["net"]
    return sums


def funds(world, account, money) -> dict:
    return balance_of(world, account).get(money, {"available": 0, "pending": 0})


@job("available")
def become_available(world, id_):
    body = world.store.get(id_)
    world.store.save({**body, "status": "available"})
    world.store.sql("UPDATE moves SET available = 1 WHERE id = ?", id_)


@route("GET", "/v1/balance")
def retrieve_balance(call):
    sums = balance_of(call.world, call.account) or {_home_currency(call): {"available": 0, "pending": 0}}
    body = {"object": "balance", "livemode": False}
    for part in ("available", "pending"):
        body[part] = [_part(money, sums[money][part]) for money in sorted(sums)]
    if not call.account:
        body["connect_reserved"] = [{"amount": 0, "currency": money} for money in sorted(sums)]
    body["refund_and_dispute_prefunding"] = {part: _empty(sums) for part in ("available", "pending")}
    return body


@route("GET", "/v1/balance_transactions/{id}")
def retrieve(call):
    found = call.store.get(call.ids[0], "balance_transaction", call.account)
    if found is None:
        raise missing("balance transaction", call.ids[0])
    return found


@route("GET", "/v1/balance_transactions", f"{PAGE} source type currency payout")
def list_all(call):
    return page(call, "balance_transaction", filters=("source", "type", "currency"))


def _plan_payout(world, account, money, at):
    """Pays out on the day after money became available, where the account wishes so."""
    body = world.store.get(account)
    subject = f"{account} {money}"
    next_day = (at // DAY + 1) * DAY
    planned = "SELECT 1 FROM due WHERE job = 'daily_payout' AND subject = ? AND at = ?"
    daily = body and body["settings"]["payouts"]["schedule"]["interval"] != "manual"
    if daily and not world.store.sql(planned, subject, next_day).fetchone():
        plan(world, "daily_payout", subject, next_day)


def _part(money, amount):
    return {"amount": amount, "currency": money, "source_types": {"card": amount}}


def _empty(sums):
    return [{"amount": 0, "currency": money, "source_types": {"card": 0}} for money in sorted(sums)]


def _home_currency(call):
    account = call.store.get(call.account) if call.account else None
    return account["default_currency"] if account else "usd"


def _fee_details(fee, money, type_):
    if not fee:
        return []
    description = "Dispute fee" if type_ == "adjustment" else "Stripe processing fees"
    detail = {"amount": fee, "application": None, "currency": money, "description": description, "type": "stripe_fee"}
    return [detail]
