"""What is about a person: their rows, and what happened to these."""

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Model, Q, QuerySet
from django.db.models.functions import Cast

from accounts.models import CoachProfile, Relation, StudentProfile, User
from contracts.models import Approval, Booking, ChangeRequest, Contract, Mark, Review
from core.models import Event
from marketplace.models import Invitation, LearningRequest, Proposal
from payments.models import ConnectAccount, Escrow, Payment, Portion, Refund, StripeCustomer, Transfer
from scheduling.models import Calendar, GoogleCalendar, Move, Problem, Session, Waiting

PAID = ("payer", "payee")
WHOSE: dict[type[Model], tuple[str, ...]] = {
    User: ("pk",),
    CoachProfile: ("user",),
    StudentProfile: ("user",),
    EmailAddress: ("user",),
    SocialAccount: ("user",),
    Relation: ("student", "coach"),
    LearningRequest: ("student",),
    Proposal: ("coach", "request__student"),
    Invitation: ("coach", "request__student"),
    Contract: ("student", "coach"),
    ChangeRequest: ("contract__student", "contract__coach"),
    Booking: ("contract__student", "contract__coach"),
    Approval: ("contract__student", "contract__coach", "session__participants__user"),
    Mark: ("coach",),
    Review: ("author", "coach"),
    Calendar: ("coach",),
    Session: ("coach", "participants__user"),
    Move: ("session__coach", "session__participants__user"),
    Problem: ("session__coach", "session__participants__user"),
    Waiting: ("student", "session__coach"),
    GoogleCalendar: ("user",),
    Escrow: PAID,
    Payment: tuple(f"escrow__{each}" for each in PAID),
    Portion: tuple(f"escrow__{each}" for each in PAID),
    Refund: tuple(f"payment__escrow__{each}" for each in PAID),
    Transfer: ("payee", "portion__escrow__payer"),
    StripeCustomer: ("user",),
    ConnectAccount: ("user",),
}


def events_about(person: User) -> QuerySet[Event]:
    """What this person did, and what happened to their rows."""
    wanted = Q(by=person)
    for rows in _rows_of(person):
        wanted |= Q(subject_kind=rows.model._meta.label_lower, subject_id__in=rows.values("pk"))
    return Event.objects.filter(wanted)


def log_about(person: User) -> QuerySet[LogEntry]:
    """What staff did to this person's rows by hand."""
    wanted = Q(pk__in=[])
    for rows in _rows_of(person):
        kind = ContentType.objects.get_for_model(rows.model)
        wanted |= Q(content_type=kind, object_id__in=rows.values_list(Cast("pk", CharField())))
    return LogEntry.objects.filter(wanted)


def _rows_of(person: User) -> list[QuerySet[Model]]:
    found = []
    for model, paths in WHOSE.items():
        theirs = Q(pk__in=[])
        for path in paths:
            theirs |= Q(**{path: person.pk})
        found.append(model._default_manager.filter(theirs))
    return found
