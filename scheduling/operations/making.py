"""Sessions come into being and are opened for scheduling."""

from collections.abc import Iterable

from accounts.models import Role, User
from core.operations import operation
from scheduling import policy
from scheduling.models import Participant, Session


@operation
def create_sessions(
    *,
    coach: User,
    students: list[User],
    kind: str,
    duration_minutes: int,
    count: int,
    terms: policy.Terms,
    title: str = "",
) -> list[Session]:
    """Make sessions of these people without a time, to go by these numbers; a contract's stay closed until opened."""
    sessions = Session.objects.bulk_create(
        Session(
            coach=coach,
            kind=kind,
            duration_minutes=duration_minutes,
            title=title,
            number=number,
            out_of=count,
            is_open=kind != Session.Kind.CONTRACT,
            terms=policy.kept_of(terms),
        )
        for number in range(1, count + 1)
    )
    roles = [(coach, Role.COACH), *((student, Role.STUDENT) for student in students)]
    Participant.objects.bulk_create(
        Participant(session=session, user=user, role=role) for session in sessions for user, role in roles
    )
    return sessions


@operation
def open_sessions(sessions: Iterable[Session]) -> int:
    """Let sessions be given a time: nothing is left to be paid first."""
    return Session.objects.filter(pk__in=[session.pk for session in sessions]).update(is_open=True)
