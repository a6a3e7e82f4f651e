"""Leaving for good: each floor forgets its part, in one transaction; the books and the others' history stay."""

from datetime import datetime

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import translation

from accounts.models import FORMER, Relation, User, lock_people
from accounts.operations.erasure import NOWHERE, addresses_of, erase_person, refusals_of_person
from contracts.models import Contract
from contracts.operations.erasure import call_off_unseen, forget_words_of_agreement, refusals_of_agreement
from core import outbox
from core.erasure import Words, addresses_in, replace_words
from core.models import OutgoingMail
from core.operations import operation
from core.refused import Refused
from dashboards.operations.about import events_about, log_about
from marketplace.models import Invitation, Proposal
from marketplace.operations.erasure import TITLE, end_wishes, forget_wishes, titles_of
from notifications.operations import forget_words
from payments.operations.erasure import plan_forgetting, refusals_of_money
from scheduling.models import Participant
from scheduling.operations.erasure import forget_calendar, refusals_of_time

NEEDED_BY_LAW = ["receipt"]


def reasons_to_stay(person: User) -> list[str]:
    """Everything that must be settled before this person can leave, in words."""
    floors = [refusals_of_person, refusals_of_time, refusals_of_money, refusals_of_agreement]
    return [reason for refusals in floors for reason in refusals(person)]


@operation
def erase_account(person: User, *, by: User, now: datetime) -> User:
    """Forget a person for good; refused with every reason while money is held, a session due or a contract open.

    What is open ends first, under its own locks, so that the reasons are read when nothing can begin any more.
    """
    [person] = lock_people([person.pk])
    if person.pk != by.pk:
        raise PermissionDenied
    if person.erased_at:
        return person
    end_wishes(person, now=now)
    call_off_unseen(person, now=now)
    if reasons := reasons_to_stay(person):
        raise Refused(" ".join(reasons), code="not_erasable")
    return _forget(person, now)


def _forget(person: User, now: datetime) -> User:
    words, address = _words(person), person.email
    _forget_mails(person, words)
    forget_words(person, around=people_around(person), about=events_about(person), words=words)
    _forget_in_log(person, words)
    plan_forgetting(person, now=now)
    forget_calendar(person, now=now)
    forget_words_of_agreement(person)
    forget_wishes(person)
    outbox.post("account_erased", key=f"erased:{person.pk}", to=address, recipient=person, now=now, is_last=True)
    return erase_person(person, by=person, now=now)


def _words(person: User) -> Words:
    """What stands in the place of the person's name, addresses and unmet wishes in what others have read."""
    with translation.override(settings.LANGUAGE_CODE):
        former = str(FORMER)
    words = {person.name: former} | {f"“{title}”": f"“{TITLE}”" for title in titles_of(person)}
    return words | dict.fromkeys(addresses_of(person), f"erased-{person.pk}@{NOWHERE}")


def _forget_mails(person: User, words: Words) -> None:
    addresses = addresses_of(person)
    outbox.forget_mails_to(person, addresses, needed=NEEDED_BY_LAW)
    from_them = Q(pk__in=[])
    for address in addresses:
        from_them |= Q(text__contains=address)
    asked = OutgoingMail.objects.filter(from_them, kind="support", recipient=None)
    asked.update(is_last=True)
    outbox.forget(asked.filter(state__in=[OutgoingMail.State.SENT, OutgoingMail.State.FAILED]))


def _forget_in_log(person: User, words: Words) -> None:
    columns = ["object_repr", "change_message"]
    replace_words(LogEntry.objects.all(), columns, addresses_in(words))
    replace_words(log_about(person), columns, words)


def people_around(person: User) -> set[int]:
    """Everybody who may have been told something of this person, and staff."""
    theirs = Participant.objects.filter(user=person).values("session")
    pairs = [
        Relation.objects.filter(Q(student=person) | Q(coach=person)).values_list("student", "coach"),
        Contract.objects.filter(Q(student=person) | Q(coach=person)).values_list("student", "coach"),
        Proposal.objects.of(person).values_list("coach", "request__student"),
        Invitation.objects.of(person).values_list("coach", "request__student"),
        Participant.objects.filter(session__in=theirs).values_list("user", "user"),
        User.objects.filter(is_staff=True).values_list("pk", "pk"),
    ]
    return {pk for rows in pairs for pair in rows for pk in pair} - {person.pk}
