"""The people of the benchmark: a coach with 200 bookings in 30 days, and one whose sessions are booked in it."""

import json
import os
from datetime import UTC, datetime, time, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "skileez.settings")
django.setup()

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange  # noqa: E402

from accounts.models import CoachProfile, Role, User  # noqa: E402
from contracts.models import Contract  # noqa: E402
from contracts.operations import activate  # noqa: E402
from demo.seed.catalogue import access_token  # noqa: E402
from payments.models import Payment, Portion  # noqa: E402
from payments.operations import open_escrow  # noqa: E402
from scheduling.models import Calendar, Participant, Session, TimeClaim, WeeklyHours  # noqa: E402

NOW = datetime.now(UTC)
MINUTES = 60
BOOKINGS = 200
DAYS = 30
SESSIONS = 100
PRICE, FEE = 5000, 750


def main() -> None:
    """Make them, and print whom to ask for, with a token."""
    student = User.objects.create_user("student@benchmark.example", "x", name="Student", is_student=True)
    busy, free = _coach("busy"), _coach("free")
    _fill(busy)
    answer = {"token": access_token(student), "busy": busy.pk, "sessions": _bought(student, free)}
    print(json.dumps(answer))  # noqa: T201


def _coach(name: str) -> User:
    """A coach who may be booked day and night."""
    coach = User.objects.create_user(f"{name}@benchmark.example", "x", name=name.title(), is_coach=True)
    CoachProfile.objects.create(user=coach, state=CoachProfile.State.APPROVED, approved_at=NOW, hourly_rate_cents=PRICE)
    calendar = Calendar.objects.create(coach=coach, time_zone="Europe/Berlin")
    WeeklyHours.objects.bulk_create(
        WeeklyHours(calendar=calendar, weekday=day, starts=time(0), ends=time(0)) for day in range(7)
    )
    return coach


def _fill(coach: User) -> None:
    """Agreed sessions with as many students, spread over the coming days."""
    first, apart = NOW.replace(minute=0, second=0, microsecond=0), timedelta(days=DAYS) / BOOKINGS
    students = User.objects.bulk_create(
        User(email=f"{number}@benchmark.example", name=f"Student {number}", is_student=True)
        for number in range(BOOKINGS)
    )
    sessions = Session.objects.bulk_create(_agreed(coach, first + number * apart) for number in range(BOOKINGS))
    for session, student in zip(sessions, students, strict=True):
        during = DateTimeTZRange(*session.span)
        for user, role in ((coach, Role.COACH), (student, Role.STUDENT)):
            Participant.objects.create(session=session, user=user, role=role)
            TimeClaim.objects.create(session=session, user=user, during=during)


def _agreed(coach: User, starts_at: datetime) -> Session:
    return Session(
        coach=coach,
        kind=Session.Kind.CONTRACT,
        state=Session.State.SCHEDULED,
        duration_minutes=MINUTES,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=MINUTES),
        time_zone="Europe/Berlin",
        version=1,
        is_open=True,
    )


def _bought(student: User, coach: User) -> list[int]:
    """The sessions of a contract in force, which may be given a time."""
    label, total = "SKZ-2026-000001", PRICE * SESSIONS
    escrow = open_escrow(payer=student, payee=coach, currency="usd", label=label, portions=[(PRICE, FEE)] * SESSIONS)
    payment = Payment.objects.create(
        escrow=escrow,
        state=Payment.State.SUCCEEDED,
        amount_cents=total,
        payment_intent_id="pi_benchmark",
        charge_id="ch_benchmark",
        settled_at=NOW,
        created_at=NOW,
        expires_at=NOW,
        ask_at=NOW,
    )
    escrow.portions.update(state=Portion.State.HELD, payment=payment)
    contract = Contract.objects.create(
        number=label,
        state=Contract.State.AWAITING_PAYMENT,
        origin=Contract.Origin.PROPOSAL,
        student=student,
        coach=coach,
        escrow=escrow,
        title="Conversational Spanish",
        payment_model="per_session",
        rate_cents=PRICE,
        session_count=SESSIONS,
        session_minutes=MINUTES,
        total_cents=total,
        fee_basis_points=1500,
        time_zone="Europe/Berlin",
        created_at=NOW,
    )
    activate(contract, now=NOW)
    return list(contract.bookings.values_list("session", flat=True))


if __name__ == "__main__":
    main()
