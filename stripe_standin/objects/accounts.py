"""Connected accounts, their links, and the platform's own account."""

import json

from ..errors import invalid, missing, refused
from ..events import emit
from ..ids import letters, new_id
from ..lists import PAGE, listing, page
from ..params import currency, group, metadata, text, web_address
from ..routes import route
from .account_shape import account_shape, capability_shape, finished, requirements
from .customers import gone

PLATFORM = "acct_1StandInForStripe0"
CREATE = (
    "type country email business_type business_profile capabilities controller settings default_currency "
    "company individual external_account tos_acceptance"
)
LINK_LIFE, LOGIN_LIFE = 5 * 60, 3600


def ensure_platform(world) -> None:
    """The account that the keys belong to."""
    if world.store.get(PLATFORM) is None:
        body = account_shape(PLATFORM, world.now(), email="platform@example.com", type_="standard")
        body["business_profile"]["name"] = "Skileez"
        world.store.add({**body, **finished(body), "controller": {"type": "account"}}, platform=True)


@route("GET", "/v1/account")
def retrieve_own(call):
    return call.store.get(call.account or PLATFORM)


@route("POST", "/v1/accounts", CREATE)
def create(call):
    params = call.params
    type_ = text(params, "type", choices=("express", "standard", "custom"))
    if type_ and params.get("controller"):
        raise invalid("You may only specify one of these parameters: type, controller.", param="type")
    facts = {name: text(params, name) for name in ("email", "business_type")}
    body = account_shape(
        f"acct_1{letters(15)}",
        call.world.now(),
        country=text(params, "country", default="US").upper(),
        money=currency(params, "default_currency", required=False),
        type_=type_ or "express",
        interval=_payout_interval(params, call.world.config.payouts),
        requested=_requested(params),
        metadata=metadata(params),
        **facts,
    )
    _profile(body, params)
    return call.store.add(body)


@route("GET", "/v1/accounts/{account}")
def retrieve(call):
    return find_account(call, call.ids[0])


@route("POST", "/v1/accounts/{account}", CREATE)
def update(call):
    account = find_account(call, call.ids[0])
    before = {name: account[name] for name in ("email", "business_type", "metadata") if name in call.params}
    for name in ("email", "business_type"):
        account[name] = text(call.params, name, default=account[name])
    account["metadata"] = metadata(call.params, account["metadata"])
    for name in _requested(call.params):
        account["capabilities"].setdefault(name, "active" if account["details_submitted"] else "inactive")
    account["settings"]["payouts"]["schedule"]["interval"] = _payout_interval(call.params, _interval(account))
    _profile(account, call.params)
    emit(call.world, "account.updated", call.store.save(account), account=account["id"], previous=before)
    return account


@route("DELETE", "/v1/accounts/{account}")
def delete(call):
    account = find_account(call, call.ids[0])
    deauthorize(call.world, account)
    return gone(account)


@route("GET", "/v1/accounts", PAGE)
def list_all(call):
    return page(call, "account", account="", conditions=[("json_extract(hidden, '$.platform') IS ?", None)])


@route("POST", "/v1/account_links", "account type refresh_url return_url collect collection_options")
def create_link(call):
    account = find_account(call, text(call.params, "account", required=True), param="account", status=400)
    kind = text(call.params, "type", required=True, choices=("account_onboarding", "account_update"))
    facts = {"account": account["id"], "type": kind}
    for name in ("refresh_url", "return_url"):
        facts[name] = web_address(call.params, name, required=True)
    now = call.world.now()
    token = make_token(call.world, "onboarding", now + LINK_LIFE, facts)
    url = call.world.link(f"/connect/onboarding/{token}")
    return {"object": "account_link", "created": now, "expires_at": now + LINK_LIFE, "url": url}


@route("POST", "/v1/accounts/{account}/login_links")
def create_login_link(call):
    account = find_account(call, call.ids[0])
    if not account["details_submitted"]:
        raise refused("Cannot create a login link for an account that has not completed onboarding.")
    now = call.world.now()
    token = make_token(call.world, "express", now + LOGIN_LIFE, {"account": account["id"]})
    return {"object": "login_link", "created": now, "url": call.world.link(f"/express/{token}")}


def make_token(world, purpose, expires_at, facts) -> str:
    token = new_id("link", 32)
    world.store.sql("INSERT INTO tokens VALUES (?, ?, ?, 0, ?)", token, purpose, expires_at, json.dumps(facts))
    return token


def onboard(world, account) -> dict:
    """Everything was told: the account may be paid."""
    before = {name: account[name] for name in ("charges_enabled", "details_submitted", "payouts_enabled")}
    account.update(finished(account))
    keep_banks(world, account)
    emit(world, "account.updated", world.store.save(account), account=account["id"], previous=before)
    return account


def keep_banks(world, account) -> None:
    """Its bank accounts can be read by themselves, too."""
    for bank in account["external_accounts"]["data"]:
        if world.store.get(bank["id"]) is None:
            world.store.add(bank, account["id"])


@route("GET", "/v1/accounts/{account}/external_accounts", f"{PAGE} object")
def list_banks(call):
    return page(call, "bank_account", account=find_account(call, call.ids[0])["id"])


@route("GET", "/v1/accounts/{account}/external_accounts/{id}")
def retrieve_bank(call):
    found = call.store.get(call.ids[1], "bank_account", call.ids[0])
    if found is None:
        raise missing("external account", call.ids[1])
    return found


@route("GET", "/v1/accounts/{account}/capabilities")
def list_capabilities(call):
    account = find_account(call, call.ids[0])
    return listing([capability_shape(account, name) for name in account["capabilities"]], call.path)


@route("GET", "/v1/accounts/{account}/capabilities/{capability}")
def retrieve_capability(call):
    account = find_account(call, call.ids[0])
    if call.ids[1] not in account["capabilities"]:
        raise missing("capability", call.ids[1], param="capability")
    return capability_shape(account, call.ids[1])


def ask_for_more(world, account) -> dict:
    """Stripe wants another document: nothing is paid out until it has it."""
    due = ["individual.verification.document"]
    account.update(details_submitted=True, charges_enabled=False, payouts_enabled=False)
    account["capabilities"] = dict.fromkeys(account["capabilities"], "inactive")
    account["requirements"] = requirements(past_due=due, disabled="requirements.past_due")
    emit(world, "account.updated", world.store.save(account), account=account["id"], previous={"requirements": {}})
    return account


def deauthorize(world, account) -> None:
    """The account leaves the platform."""
    application = {"id": "ca_StandInForStripe", "object": "application", "name": "Skileez"}
    emit(world, "account.application.deauthorized", application, account=account["id"])
    world.store.remove(account["id"])


def find_account(call, id_, *, param="account", status=404):
    found = call.store.get(id_, "account", "")
    if found is None:
        raise missing("account", id_, param=param, status=status)
    return found


def _requested(params):
    wanted = group(params, "capabilities")
    return [name for name in wanted if text(group(wanted, name), "requested") == "true"]


def _interval(account):
    return account["settings"]["payouts"]["schedule"]["interval"]


def _payout_interval(params, default):
    schedule = group(group(group(params, "settings"), "payouts"), "schedule")
    return text(schedule, "interval", choices=("manual", "daily", "weekly", "monthly"), default=default)


def _profile(account, params):
    given = group(params, "business_profile")
    for name in ("name", "url", "product_description", "support_email", "mcc"):
        if name in given:
            account["business_profile"][name] = text(given, name)
