"""The person: one account, two roles."""

import secrets
from collections.abc import Iterable
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.refused import Refused
from core.words import shown

FORMER = _("Former member")


class Role(models.TextChoices):
    STUDENT = "student", _("student")
    COACH = "coach", _("coach")


PHOTOS = "photos"


def photo_path(user: Any, name: str) -> str:
    """A name that says nothing of the person and that nobody guesses."""
    return f"{PHOTOS}/{secrets.token_hex(16)}.webp"


def small_of(name: str) -> str:
    """Where the same photo lies in the size of lists and menus."""
    return name.removesuffix(".webp") + "-small.webp"


def large_of(name: str) -> str:
    """Where the same photo lies in the size of profiles, whichever of the two is given."""
    return name.removesuffix(".webp").removesuffix("-small") + ".webp"


class ShownName(DeferredAttribute):
    """A name as it is read: of who has left nothing is kept, and what stands there is in the reader's language."""

    def __get__(self, person: Any, cls: Any = None) -> Any:
        if person is None:
            return self
        return str(FORMER) if person.erased_at else super().__get__(person, cls)

    def __set__(self, person: Any, name: str) -> None:
        person.__dict__[self.field.attname] = name


def validate_name(name: str) -> None:
    if not shown(name):
        raise ValidationError(_("Write a name that others can read."), code="name_not_shown")


class NameField(models.CharField):
    """A name; the database holds what was written, also where something else is shown."""

    descriptor_class = ShownName

    def pre_save(self, person: Any, add: bool) -> Any:
        return person.__dict__[self.attname]

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person: signs in by e-mail, may be student and coach, sees times in their own zone."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = NameField(_("name"), max_length=80, validators=[validate_name])
    is_student = models.BooleanField(default=False)
    is_coach = models.BooleanField(default=False)
    role = models.CharField(_("role in use"), max_length=10, choices=Role, default=Role.STUDENT)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    language = models.CharField(_("language"), max_length=10, default="en")
    photo = models.ImageField(_("photo"), upload_to=photo_path, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_address")]
        indexes = [
            models.Index(
                fields=["date_joined"],
                name="user_never_in",
                condition=models.Q(last_login__isnull=True, erased_at__isnull=True, is_active=True, is_staff=False),
            ),
            models.Index(  # what begins with some letters is found by it in every collation
                fields=["photo"], name="user_photo", opclasses=["varchar_pattern_ops"], condition=~models.Q(photo="")
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="erased_stays_erased",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__erased_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def first_name(self) -> str:
        return self.name if self.erased_at else self.name.split(" ")[0]

    @property
    def picture(self) -> str:
        """The address of the face in lists and menus; empty without a photo."""
        return self.photo.storage.url(small_of(self.photo.name)) if self.photo else ""

    @property
    def portrait(self) -> str:
        """The address of the same face where there is room for it."""
        return self.photo.url if self.photo else ""

    @property
    def zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    @property
    def role_in_use(self) -> str:
        return Role.COACH if self.is_using_coach_role else Role.STUDENT

    @property
    def is_using_coach_role(self) -> bool:
        return self.role == Role.COACH and self.is_coach

    def has_role(self, role: str) -> bool:
        return (role == Role.STUDENT and self.is_student) or (role == Role.COACH and self.is_coach)


def lock_people(ids: Iterable[int], *fields: str) -> list[User]:
    """Lock these users in primary-key order, so that nobody else books or moves their time meanwhile.

    With `fields`, no more of them is read.
    """
    people = User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return list(people.only(*fields) if fields else people)


def lock_members(ids: Iterable[int], *fields: str) -> list[User]:
    """Lock these users as above; refused where one of them has left, so that nothing begins with who is gone."""
    people = lock_people(ids, *fields)
    if not all(person.is_active for person in people):
        raise Refused(gettext("This account is closed."), code="account_closed")
    return people
