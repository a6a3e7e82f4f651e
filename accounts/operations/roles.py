"""One account, two roles, and who has to do with whom."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Relation, Role, StudentProfile, User, lock_members
from core.operations import operation
from core.refused import Refused


@operation
def switch_role(user: User, *, role: str) -> User:
    """Use the other role of this account; refused where the person does not have it."""
    [user] = lock_members([user.pk])
    if not user.has_role(role):
        raise Refused(_("This account does not have that role yet."), code="role_missing", field="role")
    return _use(user, role)


@operation
def become(user: User, *, role: str) -> User:
    """Take on a role and use it; who has it already just uses it."""
    [user] = lock_members([user.pk])
    if role not in Role.values:
        raise Refused(_("There is no such role."), code="role_unknown", field="role")
    if role == Role.STUDENT:
        user.is_student = True
        StudentProfile.objects.get_or_create(user=user)
    else:
        user.is_coach = True
    return _use(user, role)


@operation
def relate(student: User, coach: User, *, now: datetime) -> Relation:
    """Remember that this student and this coach have to do with each other, since the first time."""
    return Relation.objects.get_or_create(student=student, coach=coach, defaults={"since": now})[0]


def _use(user: User, role: str) -> User:
    user.role = role
    user.save(update_fields=["role", "is_student", "is_coach"])
    return user
