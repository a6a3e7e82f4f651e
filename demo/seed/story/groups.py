"""Group sessions with seats, lines and too few students, and weekly series."""

from datetime import datetime, timedelta

from accounts.models import User
from contracts.models import Booking, Contract, GroupOffer
from contracts.operations import join_group, publish_group
from contracts.series import sessions_to_book
from demo.seed.acts import call_off, pay
from demo.seed.cast import Cast
from demo.seed.stage import Scene, Stage
from scheduling.models import Series, Session
from scheduling.operations import book_series, check_in, end_series, join_line, leave_line
from scheduling.recurrence import preview_of, wish_between, zone_of_hours
from scheduling.slots import slots

DAYS = timedelta(days=1)


def open_group(stage: Stage, cast: Cast) -> Scene:
    """Seats are left, one is taken, and one student is at Stripe's page."""
    yield stage.end - timedelta(hours=29)
    guests = [cast["emre"], cast["anna"]]
    session = _announce(stage, cast["tomas"], "Play together: four chords, one song", stage.end + 6 * DAYS, guests)
    yield stage.end - timedelta(hours=27)
    _join(stage, session, cast["emre"])
    yield stage.end - timedelta(minutes=4)
    join_group(session, by=cast["anna"], now=stage.now())


def full_group(stage: Stage, cast: Cast) -> Scene:
    """All seats are taken and there is a line: of those before, one left it, one got a seat, one answered too late."""
    yield stage.ago(5, 9)
    guests = [cast[key] for key in ("priya", "marcus", "liam", "emre", "hana")]
    session = _announce(stage, cast["aisha"], "Ask me anything about statistics", stage.end + 7 * DAYS, guests, seats=3)
    yield stage.ago(4, 9)
    for key in ("priya", "marcus", "liam"):
        _join(stage, session, cast[key])
    yield stage.ago(3, 9)
    for key in ("emre", "ben", "hana"):
        join_line(session, by=cast[key], now=stage.now())
    leave_line(session, by=cast["ben"], now=stage.now())
    call_off(stage, session, cast["marcus"], "I work that night.")
    yield stage.ago(3, 12)
    _join(stage, session, cast["emre"])
    call_off(stage, session, cast["liam"], "My exam is the day after.")
    yield stage.ago(2, 9)
    _join(stage, session, cast["hana"])  # the seat was not kept for her any more, but nobody else wanted it
    for key in ("oscar", "sofia"):
        join_line(session, by=cast[key], now=stage.now())
    yield stage.end - timedelta(hours=6)
    call_off(stage, session, cast["priya"], "I have found the answer to my question.")


def small_group(stage: Stage, cast: Cast) -> Scene:
    """Below its least: its coach is asked whether it takes place anyway."""
    yield stage.ago(5, 11)
    after = stage.end + timedelta(hours=40)
    session = _announce(stage, cast["ines"], "A wedding speech in one evening", after, [cast["anna"]], least=3)
    yield stage.ago(4, 11)
    _join(stage, session, cast["anna"])


def too_small_group(stage: Stage, cast: Cast) -> Scene:
    """Two were needed and one came: called off a day before, and all of the money went back."""
    yield stage.ago(9, 9)
    session = _announce(stage, cast["mei"], "Draw from a live model", stage.ago(5, 8), [cast["hana"]], least=2)
    yield stage.ago(8, 9)
    _join(stage, session, cast["hana"])


def past_group(stage: Stage, cast: Cast) -> Scene:
    """One that took place for who came."""
    yield stage.ago(12, 9)
    guests = [cast["liam"], cast["marcus"]]
    session = _announce(stage, cast["jonas"], "German for the doctor's", stage.ago(6, 9), guests, seats=4)
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
    _book_weekly(stage, "From spreadsheets to SQL and pandas", stage.end + 3 * DAYS)


def ended_series(stage: Stage, cast: Cast) -> Scene:
    """Emre wanted the same evening each week, and changed his mind a day later."""
    yield stage.ago(7, 18)
    ended = _book_weekly(stage, "Understand the chords I play", stage.ago(2, 9))
    yield stage.ago(6, 17)
    end_series(ended, by=cast["emre"], now=stage.now())


def _book_weekly(stage: Stage, title: str, after: datetime) -> Series:
    contract = Contract.objects.get(title=title, state="active")
    sessions, coach = sessions_to_book(contract), contract.coach
    first = slots(coach, contract.student, 60, after, after + 6 * DAYS, stage.now())[0]
    local = first.astimezone(zone_of_hours(coach))
    clock = {"weekday": local.weekday(), "clock": local.time().replace(tzinfo=None), "from_day": local.date()}
    wish = wish_between(contract.student, coach, whose="coach", weeks=len(sessions), **clock)
    shown = preview_of(sessions, wish, student=contract.student_id, now=stage.now())
    return book_series(sessions, wish=wish, fingerprint=shown.fingerprint, by=contract.student, now=stage.now())[0]


def _announce(
    stage: Stage, coach: User, title: str, after: datetime, guests: list[User], *, seats: int = 6, least: int = 0
) -> Session:
    """At the first time at which all who are going to come are free, too."""
    free = [set(slots(coach, guest, 60, after, after + 4 * DAYS, stage.now())) for guest in guests]
    offer: GroupOffer = publish_group(
        title=title,
        description="We meet, everybody has a turn, and you go home with something to practise.",
        starts_at=min(set.intersection(*free)),
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


SCENES = [open_group, full_group, small_group, too_small_group, past_group, series, ended_series]
