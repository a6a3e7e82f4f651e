"""The Express dashboard of a connected account: balance, transfers received, payouts."""

import json

from ..errors import missing
from ..objects.balance import balance_of, funds
from ..objects.payouts import make_payout
from ..web import redirect
from .html import Safe, cells, fill, join, moment, money, notice, show


def show_dashboard(world, request, token):
    with world.lock:
        account = _account(world, token)
        if account is None:
            return notice(world, "Link expired", "Open the dashboard again from the site.", status=410)
        balances = balance_of(world, account["id"])
        transfers = world.store.find("transfer", destination=account["id"], limit=50)
        payouts = world.store.find("payout", account["id"], limit=50)
    return show(
        world,
        "express",
        "Express dashboard",
        name=account["business_profile"]["name"] or account["email"] or account["id"],
        state="Payouts enabled" if account["payouts_enabled"] else "Payouts not enabled",
        balances=join(_balance_row(world, token, money_, parts) for money_, parts in sorted(balances.items()))
        or _nothing(3),
        transfers=join(map(_transfer_row, transfers)) or _nothing(4),
        payouts=join(map(_payout_row, payouts)) or _nothing(4),
    )


def pay_out(world, request, token):
    with world.work():
        account = _account(world, token)
        money_ = request.fields.get("currency", "")
        value = funds(world, account["id"], money_)["available"] if account else 0
        if value > 0 and account["payouts_enabled"]:
            make_payout(world, account["id"], value, money_)
    return redirect(world.link(f"/express/{token}"))


def _account(world, token):
    row = world.store.sql("SELECT * FROM tokens WHERE token = ? AND purpose = 'express'", token).fetchone()
    if row is None:
        raise missing("link", token)
    return world.store.get(json.loads(row["facts"])["account"]) if row["expires_at"] > world.now() else None


def _balance_row(world, token, money_, parts):
    button = Safe("")
    if parts["available"] > 0:
        button = fill("express_payout", prefix=world.config.public_url, token=token, currency=money_)
    return cells(money(parts["available"], money_), money(parts["pending"], money_), button)


def _transfer_row(transfer):
    kept = transfer["amount"] - transfer["amount_reversed"]
    note = "taken back" if transfer["reversed"] else transfer["description"] or transfer["transfer_group"] or ""
    amounts = money(transfer["amount"], transfer["currency"]), money(kept, transfer["currency"])
    return cells(moment(transfer["created"]), *amounts, note)


def _payout_row(payout):
    arrives = moment(payout["arrival_date"])
    state = payout["status"].replace("_", " ")
    return cells(moment(payout["created"]), money(payout["amount"], payout["currency"]), state, arrives)


def _nothing(columns):
    return Safe(f'<tr><td colspan="{columns}">Nothing yet.</td></tr>')
