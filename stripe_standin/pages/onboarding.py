"""Connect onboarding: the link opens once, the form is finished, left for later, or found wanting."""

import json

from ..errors import missing
from ..objects.accounts import ask_for_more, make_token, onboard
from ..web import redirect
from .html import notice, show

VISIT = 3600


def open_link(world, request, token):
    """Starts a visit; a link used before or too old leads to the refresh address."""
    with world.work() as store:
        row, facts = _token(world, token, "onboarding")
        if row["used"] or row["expires_at"] <= world.now():
            return redirect(facts["refresh_url"])
        store.sql("UPDATE tokens SET used = 1 WHERE token = ?", token)
        visit = make_token(world, "visit", world.now() + VISIT, facts)
    return redirect(world.link(f"/connect/visit/{visit}"))


def show_form(world, request, token):
    with world.lock:
        row, facts = _token(world, token, "visit")
        account = world.store.get(facts["account"])
    if row["expires_at"] <= world.now() or account is None:
        return redirect(facts["refresh_url"])
    if account["requirements"]["disabled_reason"] is None and account["details_submitted"]:
        text = "Everything Stripe asks for is there. Payouts are enabled."
        return notice(world, "Nothing more to do", text, link=facts["return_url"], label="Continue")
    due = ", ".join(name.replace(".", " ").replace("_", " ") for name in account["requirements"]["currently_due"])
    return show(
        world,
        "onboarding",
        "Get paid",
        token=token,
        whose=f"Account of {account['email']}" if account["email"] else "A new account",
        country=account["country"],
        name=account["business_profile"]["name"] or "",
        due=due,
    )


def take_form(world, request, token):
    with world.work() as store:
        _, facts = _token(world, token, "visit")
        account = store.get(facts["account"])
        outcome = request.fields.get("outcome", "later")
        if account and outcome == "finish":
            account["business_profile"]["name"] = request.fields.get("name") or account["business_profile"]["name"]
            onboard(world, account)
        if account and outcome == "more":
            ask_for_more(world, account)
    return redirect(facts["return_url"])


def _token(world, token, purpose):
    row = world.store.sql("SELECT * FROM tokens WHERE token = ? AND purpose = ?", token, purpose).fetchone()
    if row is None:
        raise missing("link", token)
    return row, json.loads(row["facts"])
