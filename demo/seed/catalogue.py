"""What a seeded database holds, for whoever wants to try the product by program."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from allauth.account.internal.userkit import user_id_to_str
from allauth.headless.internal.sessionkit import new_session
from allauth.headless.tokens.strategies.jwt.internal import create_token, session_key_to_sid
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import models

from accounts.models import CoachProfile, User
from contracts.models import Booking, Cancellation, ChangeRequest, Contract, GroupOffer, Mark, Review, Sanction
from core.models import OutgoingMail
from demo.seed.people import DOMAIN, PASSWORD
from marketplace.models import Invitation, LearningRequest, Proposal, SavedRequest
from notifications.models import Notification
from payments.models import Payment, Portion, Refund, Transfer
from scheduling.models import Feed, Move, Problem, Reminder, Series, Session, Waiting

TOKEN_LIFE = timedelta(hours=24)
STATEFUL = {
    "coach_profile": CoachProfile,
    "request": LearningRequest,
    "invitation": Invitation,
    "proposal": Proposal,
    "contract": Contract,
    "change_request": ChangeRequest,
    "booking": Booking,
    "session": Session,
    "reminder": Reminder,
    "payment": Payment,
    "portion": Portion,
    "transfer": Transfer,
    "refund": Refund,
    "mail": OutgoingMail,
    "problem": Problem,
    "waiting": Waiting,
    "move": Move,
    "mark": Mark,
}
JUDGED: dict[str, tuple[type[models.Model], Callable[[Any], str]]] = {
    "review": (Review, lambda row: "withdrawn" if row.withdrawn_at else "public" if row.is_public else "private"),
    "cancellation": (Cancellation, lambda row: row.rule or "free_of_charge"),
    "saved_request": (SavedRequest, lambda row: "open" if row.request.is_open else "ended"),
    "calendar_feed": (Feed, lambda row: "made"),
    "group": (GroupOffer, lambda row: row.session.state),
    "series": (Series, lambda row: "ended" if row.ended_at else "running"),
    "sanction": (Sanction, lambda row: "running" if row.is_running else "over"),
    "notification": (Notification, lambda row: "read" if row.read_at else "unread"),
}


def catalogue() -> dict[str, Any]:
    """Everybody with their password and a token, and every object by kind and state."""
    staff_last = User.objects.filter(email__endswith=f"@{DOMAIN}").order_by("is_staff", "pk")
    return {"people": [describe(user) for user in staff_last.prefetch_related("groups")], "objects": objects()}


def describe(user: User) -> dict[str, str]:
    return {
        "key": user.email.partition("@")[0],
        "role": _role(user),
        "email": user.email,
        "password": PASSWORD,
        "access_token": access_token(user),
    }


def _role(user: User) -> str:
    if user.is_superuser:
        return "admin"
    return user.groups.all()[0].name if user.is_staff else user.role


def access_token(user: User) -> str:
    """A bearer token of a session of its own, good for a day: for the demo only."""
    session = new_session()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.set_expiry(TOKEN_LIFE)
    session.save()
    sid = session_key_to_sid(str(session.session_key))
    return create_token("access", sub=user_id_to_str(user), sid=sid, expires_in=int(TOKEN_LIFE.total_seconds()))[0]


def objects() -> dict[str, dict[str, list[int]]]:
    found = {kind: _by(model.objects.order_by("pk"), lambda row: row.state) for kind, model in STATEFUL.items()}
    return found | {kind: _by(model.objects.order_by("pk"), state) for kind, (model, state) in JUDGED.items()}


def _by(rows: Iterable[Any], state: Callable[[Any], str]) -> dict[str, list[int]]:
    states: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        states[state(row)].append(row.pk)
    return dict(states)
