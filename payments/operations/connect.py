"""A coach's account at Stripe: opened, shown to its owner, refreshed from what Stripe says of it."""

import uuid
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import CoachProfile, User
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from payments import events, gateway
from payments.answers import Account
from payments.models import ConnectAccount

GONE = {"account_invalid", "resource_missing"}


def start_onboarding(coach: User, *, now: datetime, return_url: str, refresh_url: str) -> str:
    """A link, for this moment only, where the coach tells Stripe who they are. Calls Stripe."""
    if not coach.is_coach:
        raise PermissionDenied
    profile = CoachProfile.objects.filter(user=coach).first()
    if profile is None:
        raise Refused(_("Please fill in your coach profile first."), code="no_profile")
    account = _row_of(coach)
    if not account.stripe_id:
        made = gateway.create_account(
            key=account.key, email=coach.email, country=profile.country or "US", user_id=coach.pk
        )
        account = _keep(account, made, now=now)
    return gateway.account_link(str(account.stripe_id), return_url=return_url, refresh_url=refresh_url)


def refresh_account(stripe_id: str, *, now: datetime) -> ConnectAccount:
    """Bring our row to what Stripe says now; an account that left us may receive nothing. Calls Stripe."""
    account = ConnectAccount.objects.get(stripe_id=stripe_id)
    try:
        answer = gateway.get_account(stripe_id)
    except gateway.SaidNo as why:
        if why.stripe_code not in GONE:
            raise
        answer = Account(stripe_id, False, False, False, (), ConnectAccount.GONE)
    return _keep(account, answer, now=now)


def dashboard_of(coach: User) -> str:
    """A link into the coach's own dashboard at Stripe. Calls Stripe."""
    account = ConnectAccount.objects.filter(user=coach, details_submitted=True).first()
    if account is None:
        raise Refused(_("Please finish the onboarding with Stripe first."), code="not_onboarded")
    return gateway.login_link(str(account.stripe_id))


@operation
def _row_of(coach: User) -> ConnectAccount:
    """The coach's row; a new account takes the place of one that left us."""
    account = locked(ConnectAccount.objects.get_or_create(user=coach)[0])
    if account.stripe_id and account.disabled_reason == ConnectAccount.GONE:
        account.stripe_id, account.key, account.disabled_reason = None, uuid.uuid4(), ""
        account.save(update_fields=["stripe_id", "key", "disabled_reason"])
    return account


@operation
def _keep(account: ConnectAccount, answer: Account, *, now: datetime) -> ConnectAccount:
    account = locked(account)
    if account.checked_at and account.checked_at > now:
        return account  # a later answer has been kept already
    before = _facts_of(account)
    account.stripe_id = answer.id
    account.details_submitted, account.payouts_enabled = answer.details_submitted, answer.payouts_enabled
    account.transfers_active, account.disabled_reason = answer.transfers_active, answer.disabled_reason[:100]
    account.requirements_due = list(answer.requirements_due)
    account.checked_at = now
    account.save()
    if _facts_of(account) != before:
        record(account, events.ACCOUNT_CHANGED, by=None, at=now, transfers_active=account.transfers_active)
    return account


def _facts_of(account: ConnectAccount) -> tuple[object, ...]:
    return (
        account.details_submitted,
        account.payouts_enabled,
        account.transfers_active,
        account.disabled_reason,
        account.requirements_due,
    )
