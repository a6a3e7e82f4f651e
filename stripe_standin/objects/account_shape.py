"""The shape of an account, before and after its owner told Stripe who they are."""

from ..ids import new_id
from ..lists import listing

CURRENCIES = {
    "US": "usd", "GB": "gbp", "CH": "chf", "JP": "jpy", "CA": "cad", "AU": "aud", "SE": "sek", "NO": "nok",
    "DK": "dkk", "PL": "pln", "IN": "inr", "NZ": "nzd", "SG": "sgd", "HK": "hkd", "MX": "mxn", "BR": "brl",
}  # fmt: skip
FIRST_DUE = [
    "business_profile.mcc", "business_profile.url", "external_account", "individual.dob.day", "individual.dob.month",
    "individual.dob.year", "individual.first_name", "individual.last_name", "tos_acceptance.date", "tos_acceptance.ip",
]  # fmt: skip


def account_shape(
    id_, now, *, email, type_, country="US", money=None, interval="daily", requested=("transfers",), business_type=None,
    metadata=None,
) -> dict:  # fmt: skip
    """A new account: nothing is known yet, nothing is allowed yet."""
    money = money or CURRENCIES.get(country, "eur")
    return {
        "id": id_,
        "object": "account",
        "business_profile": _business_profile(),
        "business_type": business_type,
        "capabilities": dict.fromkeys(requested or ("transfers",), "inactive"),
        "charges_enabled": False,
        "controller": _controller(type_),
        "country": country,
        "created": now,
        "default_currency": money,
        "details_submitted": False,
        "email": email,
        "external_accounts": listing([], f"/v1/accounts/{id_}/external_accounts"),
        "future_requirements": requirements(),
        "metadata": metadata or {},
        "payouts_enabled": False,
        "requirements": requirements(past_due=FIRST_DUE, disabled="requirements.past_due"),
        "settings": _settings(interval),
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": type_,
    }


def finished(account) -> dict:
    """The fields that differ once everything was told."""
    bank = account["external_accounts"]["data"] or [_bank_account(account)]
    return {
        "business_type": account["business_type"] or "individual",
        "capabilities": dict.fromkeys(account["capabilities"], "active"),
        "charges_enabled": True,
        "details_submitted": True,
        "external_accounts": {**account["external_accounts"], "data": bank},
        "payouts_enabled": True,
        "requirements": requirements(),
        "tos_acceptance": {"date": account["created"], "ip": "127.0.0.1", "user_agent": None},
    }


def requirements(*, past_due=(), disabled=None) -> dict:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": list(past_due),
        "disabled_reason": disabled,
        "errors": [],
        "eventually_due": list(past_due),
        "past_due": list(past_due),
        "pending_verification": [],
    }


def capability_shape(account, name) -> dict:
    """One capability of the account, with what it still asks for."""
    active = account["capabilities"][name] == "active"
    owed = dict.fromkeys(("currently_due", "eventually_due", "past_due"), account["requirements"]["currently_due"])
    needs = {**owed, "alternatives": [], "current_deadline": None, "errors": [], "pending_verification": []}
    return {
        "id": name,
        "object": "capability",
        "account": account["id"],
        "future_requirements": {**needs, **{name: [] for name in owed}, "disabled_reason": None},
        "requested": True,
        "requested_at": account["created"],
        "requirements": {**needs, "disabled_reason": None if active else "pending.onboarding"},
        "status": account["capabilities"][name],
    }


def _controller(type_):
    dashboard = {"standard": "full", "custom": "none"}.get(type_, "express")
    return {
        "fees": {"payer": "application_express" if type_ == "express" else "account"},
        "is_controller": True,
        "losses": {"payments": "application"},
        "requirement_collection": "stripe",
        "stripe_dashboard": {"type": dashboard},
        "type": "application",
    }


def _business_profile():
    nothing = (
        "annual_revenue estimated_worker_count mcc minority_owned_business_designation name product_description "
        "support_address support_email support_phone support_url url"
    )
    return dict.fromkeys(nothing.split())


def _settings(interval):
    descriptors = (
        "statement_descriptor_prefix",
        "statement_descriptor_prefix_kana",
        "statement_descriptor_prefix_kanji",
    )
    acceptance = {"date": None, "ip": None}
    return {
        "bacs_debit_payments": {"display_name": None, "service_user_number": None},
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_issuing": {"tos_acceptance": acceptance},
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            **dict.fromkeys(descriptors),
        },
        "dashboard": {"display_name": "Skileez", "timezone": "Etc/UTC"},
        "invoices": {"default_account_tax_ids": None, "hosted_payment_method_save": "offer"},
        "payments": dict.fromkeys(("statement_descriptor", "statement_descriptor_kana", "statement_descriptor_kanji")),
        "payouts": {
            "debit_negative_balances": True,
            "schedule": {"delay_days": 2, "interval": interval},
            "statement_descriptor": None,
        },
        "sepa_debit_payments": {},
    }


def _bank_account(account):
    owed = {"currently_due": [], "errors": [], "past_due": [], "pending_verification": []}
    return {
        "id": new_id("ba"),
        "object": "bank_account",
        "account": account["id"],
        "account_holder_name": None,
        "account_holder_type": "individual",
        "account_type": None,
        "available_payout_methods": ["standard"],
        "bank_name": "STRIPE TEST BANK",
        "country": account["country"],
        "currency": account["default_currency"],
        "default_for_currency": True,
        "fingerprint": "standinbank00001",
        "future_requirements": owed,
        "last4": "6789",
        "metadata": {},
        "requirements": owed,
        "routing_number": "110000000",
        "status": "new",
    }
