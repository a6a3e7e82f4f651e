"""A person's agreements when they leave: open ones keep them, ended ones stay as the other side's history."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import ngettext

from accounts.models import User
from contracts.events import CONTRACT_CANCELLED, CONTRACT_DECLINED
from contracts.models import Approval, Cancellation, ChangeRequest, Contract, ContractQuerySet, GroupOffer, Mark
from contracts.operations.agreement import cancel_contract
from core.models import Event
from core.operations import operation

RUNNING = [*Contract.OPEN_STEPS, Contract.State.ACTIVE]
ENDED_BY = [CONTRACT_CANCELLED, CONTRACT_DECLINED]


def refusals_of_agreement(person: User) -> list[str]:
    """Why this person cannot leave yet: contracts that are not at their end."""
    running = _running(person).count()
    sentence = ngettext(
        "%(n)d contract of yours is still open: complete it or call it off first.",
        "%(n)d contracts of yours are still open: complete them or call them off first.",
        running,
    )
    return [sentence % {"n": running}] if running else []


@operation
def call_off_unseen(person: User, *, now: datetime) -> None:
    """End the drafts that students have not sent to this coach yet, and that the coach therefore cannot call off."""
    for contract in Contract.objects.filter(coach=person, state=Contract.State.DRAFT).order_by("pk"):
        cancel_contract(contract, by=person, now=now)


@operation
def forget_words_of_agreement(person: User) -> None:
    """What this person wrote around their contracts is gone; the terms stay."""
    for asked in ChangeRequest.objects.filter(asked_by=person):
        asked.words = ""
        if asked.state != ChangeRequest.State.AGREED:
            asked.after |= {"learning_outcomes": asked.before["learning_outcomes"]}
        asked.save(update_fields=["words", "after"])
    ended = Event.objects.filter(by=person, subject_kind=Contract._meta.label_lower, name__in=ENDED_BY)
    Contract.objects.filter(pk__in=ended.values("subject_id")).update(end_reason="")
    Cancellation.objects.filter(by=person).update(reason="")
    GroupOffer.objects.filter(session__coach=person).update(description="")
    about = Q(contract__student=person) | Q(contract__coach=person) | Q(session__participants__user=person)
    Approval.objects.filter(pk__in=Approval.objects.filter(about).values("pk")).update(reason="")
    Mark.objects.filter(coach=person).update(excuse="", appeal="")


def _running(person: User) -> ContractQuerySet:
    unseen = Q(coach=person, state=Contract.State.DRAFT)
    return Contract.objects.filter(Q(student=person) | Q(coach=person), state__in=RUNNING).exclude(unseen)
