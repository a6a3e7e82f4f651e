"""Sign-ups whose address nobody confirmed: they hold it against nobody, and go after a while."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import CASCADE, PROTECT, Exists, Model, OuterRef, Q, QuerySet
from django.db.models.fields.reverse_related import ForeignObjectRel

from accounts.models import User
from accounts.policy import unconfirmed_since
from core.operations import operation

BATCH = 100
HOLDING: set[Any] = {CASCADE, PROTECT}
# What a sign-up leaves by itself; who has any other row has done something here and stays.
LEFT_BY_SIGN_UP = {
    "account.EmailAddress",
    "accounts.StudentProfile",
    "core.KeptAnswer",
    "mfa.Authenticator",
    "socialaccount.SocialAccount",
    "usersessions.UserSession",
}


def unconfirmed() -> QuerySet[User]:
    """Who signed up by themselves, confirmed no address, was never in and has nothing here."""
    rows = [~Exists(model._base_manager.filter(**{name: OuterRef("pk")})) for model, name in _ties()]
    return _never_in().filter(*rows)


def is_confirmed(email: str) -> bool:
    """Whether this address is held by more than sign-ups that nobody confirmed."""
    holders = User.objects.filter(Q(email__iexact=email) | Q(emailaddress__email__iexact=email))
    return holders.exclude(pk__in=unconfirmed().values("pk")).exists()


@operation
def make_way(email: str, *, to: User | None = None) -> int:
    """Forget the unconfirmed sign-ups with this address, for who begins anew or has shown that it is theirs."""
    holders = unconfirmed().filter(email__iexact=email)
    return _forget(holders.exclude(pk=to.pk) if to else holders)


@operation
def forget_unconfirmed(*, now: datetime) -> int:
    """Forget the sign-ups that had their days to be confirmed, a batch at once; how many."""
    due = {"date_joined__lte": unconfirmed_since(now)}
    if not _never_in().filter(**due).exists():  # most of the time: whether somebody has rows is asked of all tables
        return 0
    return _forget(unconfirmed().filter(**due), skip_locked=True)


def _never_in() -> QuerySet[User]:
    people = User.objects.filter(last_login=None, erased_at=None, is_active=True, is_staff=False, is_superuser=False)
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    return people.filter(~Exists(confirmed), emailaddress__verified=False)


def _forget(people: QuerySet[User], *, skip_locked: bool = False) -> int:
    """Asked twice: one of them may have been confirmed before the lock was there."""
    batch = User.objects.filter(pk__in=list(people.order_by("pk").values_list("pk", flat=True)[:BATCH]))
    held = [person.pk for person in batch.select_for_update(skip_locked=skip_locked)]
    gone = list(people.filter(pk__in=held).distinct())
    for person in gone:
        person.delete()
    return len(gone)


def _ties() -> Iterator[tuple[type[Model], str]]:
    """Every column that points to a person, but those of a sign-up; copies in histories follow their originals."""
    for tie in User._meta.get_fields(include_hidden=True):
        if isinstance(tie, ForeignObjectRel) and tie.on_delete in HOLDING:
            model: type[Model] = tie.related_model
            if model._meta.label not in LEFT_BY_SIGN_UP:
                yield model, tie.field.name
