"""Group sessions in every state, and a weekly series over a change of clocks."""

from datetime import datetime, timedelta

from accounts.models import User
from contracts.models import Booking, Contract, GroupOffer
from contracts.operations import join_group, publish_group
from contracts.series import sessions_to_book
from demo.seed.acts import pay
from demo.seed.cast import Cast
from demo.seed.stage import Scene, Stage
from scheduling.models import Session
from scheduling.operations import book_series, check_in, join_line
from scheduling.recurrence import preview_of, wish_between, zone_of_hours
from scheduling.slots import slots

DAYS = timedelta(days=1)


def open_group(stage: Stage, cast: Cast) -> Scene:
    """Seats are left, one is taken, and one student is at Stripe's page."""
    yield stage.ago(3, 10)
    session = _announce(stage, cast["tomas"], "Play together: four chords, one song", stage.end + 6 * DAYS, seats=6)
    yield stage.ago(2, 18)
    _join(stage, session, cast["emre"])
    yield stage.end - timedelta(minutes=4)
    join_group(session, by=cast["anna"], now=stage.now())


def full_group(stage: Stage, cast: Cast) -> Scene:
    """All seats are taken, and somebody waits in line."""
    yield stage.ago(4, 9)
    session = _announce(stage, cast["aisha"], "Ask me anything about statistics", stage.end + 5 * DAYS, seats=2)
    yield stage.ago(3, 9)
    _join(stage, session, cast["priya"])
    yield stage.ago(3, 12)
    _join(stage, session, cast["marcus"])
    yield stage.ago(1, 9)
    join_line(session, by=cast["emre"], now=stage.now())


def small_group(stage: Stage, cast: Cast) -> Scene:
    """Below its least: its coach is asked whether it takes place anyway."""
    yield stage.ago(5, 11)
    session = _announce(
        stage, cast["ines"], "A wedding speech in one evening", stage.end + 40 * timedelta(hours=1), least=3
    )
    yield stage.ago(4, 11)
    _join(stage, session, cast["anna"])


def past_group(stage: Stage, cast: Cast) -> Scene:
    """One that took place for who came."""
    yield stage.ago(12, 9)
    session = _announce(stage, cast["jonas"], "German for the doctor's", stage.ago(6, 9), seats=4)
    yield stage.ago(10, 9)
    _join(stage, session, cast["liam"])
    _join(stage, session, cast["marcus"])
    yield session.starts_at - timedelta(minutes=3)
    for person in ("jonas", "liam", "marcus"):
        check_in(session, by=cast[person], now=stage.now())
    yield session.ends_at + timedelta(hours=1)


def series(stage: Stage, cast: Cast) -> Scene:
    """Priya has what is left of her contract each week, by the clock of her coach."""
    yield stage.end - timedelta(hours=20)
    contract = Contract.objects.get(title="From spreadsheets to SQL and pandas", state="active")
    sessions = sessions_to_book(contract)
    if len(sessions) > 1:
        first = slots(contract.coach, contract.student, 60, stage.end + 3 * DAYS, stage.end + 9 * DAYS, stage.now())[0]
        wish = wish_between(contract.student, contract.coach, **_each_week(contract.coach, first, len(sessions)))
        shown = preview_of(sessions, wish, student=contract.student_id, now=stage.now())
        book_series(sessions, wish=wish, fingerprint=shown.fingerprint, by=contract.student, now=stage.now())


def _announce(stage: Stage, coach: User, title: str, after: datetime, *, seats: int = 6, least: int = 0) -> Session:
    free = slots(coach, None, 60, after, after + 4 * DAYS, stage.now())
    offer: GroupOffer = publish_group(
        title=title,
        description="We meet, everybody has a turn, and you go home with something to practise.",
        starts_at=free[0],
        duration_minutes=60,
        seats=seats,
        least=least,
        price_cents=1500,
        by=coach,
        now=stage.now(),
    )
    return offer.session


def _join(stage: Stage, session: Session, student: User) -> Booking:
    contract = join_group(session, by=student, now=stage.now())
    return pay(stage, contract).bookings.get()


def _each_week(coach: User, first: datetime, weeks: int) -> dict[str, object]:
    local = first.astimezone(zone_of_hours(coach))
    return {
        "whose": "coach",
        "weekday": local.weekday(),
        "clock": local.time().replace(tzinfo=None),
        "from_day": local.date(),
        "weeks": max(2, weeks),
    }


SCENES = [open_group, full_group, small_group, past_group, series]
