"""Due work of this floor. Each row in a transaction of its own; rows somebody is busy with wait for the next sweep."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from celery import shared_task
from django.db import models, transaction

from core import clock
from core.registry import count_done, sweep
from core.wall import data_version
from scheduling import policy
from scheduling.models import Move, Participant, Reminder, Series, Session, Waiting
from scheduling.operations import (
    accept_clocks,
    ask_staff,
    close_session,
    decide_group,
    expire_hold,
    expire_move,
    expire_request,
    follow_clocks,
    free_seats,
    pass_offers,
    refresh_due,
    send_reminder,
    warn_of_few,
)

log = structlog.get_logger(__name__)
BATCH = 500
MOST_ROUNDS = 20


@sweep("holds that ran out")
def expire_spent_holds(now: datetime) -> int:
    """Give back the times that nobody confirmed."""
    due = Session.objects.expired_holds(now).order_by("hold_expires_at")
    return _each(due, lambda session: expire_hold(session, now=now))


@sweep("requests nobody answered")
def expire_unanswered_requests(now: datetime) -> int:
    """A coach's silence is a no."""
    due = Session.objects.unanswered(now).order_by("answer_due_at")
    return _each(due, lambda session: expire_request(session, now=now))


@sweep("sessions that are over")
def close_open_sessions(now: datetime) -> int:
    """End the sessions whose time is up, with the outcome that their check-ins show."""
    return _each(Session.objects.over(now).order_by("ends_at"), lambda session: close_session(session, now=now))


@sweep("moves nobody answered")
def expire_unanswered_moves(now: datetime) -> int:
    """Silence means that the agreed time stands."""
    due = Move.objects.filter(state=Move.State.OPEN, answer_due_at__lte=now).order_by("answer_due_at")
    return _each(due, lambda move: expire_move(move, now=now).state == Move.State.EXPIRED)


@sweep("seats nobody paid")
def free_unpaid_seats(now: datetime) -> int:
    """Give back the seats that were kept while somebody paid."""
    spent = Participant.objects.filter(state=Participant.State.HELD, hold_expires_at__lte=now)
    due = Session.objects.filter(pk__in=spent.order_by("hold_expires_at").values("session")[:BATCH])
    return count_done(due, lambda session: bool(free_seats(session, now=now)))


@sweep("offers of seats nobody took")
def pass_spent_offers(now: datetime) -> int:
    """A seat that the first in line did not take is offered to the next."""
    spent = Waiting.objects.filter(state=Waiting.State.OFFERED, offer_ends_at__lte=now)
    due = Session.objects.filter(pk__in=spent.order_by("offer_ends_at").values("session")[:BATCH])
    return count_done(due, lambda session: bool(pass_offers(session, now=now)))


@sweep("groups with too few students")
def decide_groups(now: datetime) -> int:
    """Tell coaches two days before, and call off what is still too small a day before."""
    undecided = Session.objects.undecided()
    soon = undecided.filter(starts_at__lte=policy.group_warned_from(now), warned_at=None).order_by("starts_at")[:BATCH]
    warned = count_done(soon, lambda session: warn_of_few(session, now=now))
    due = undecided.filter(starts_at__lte=policy.group_decided_from(now)).order_by("starts_at")[:BATCH]
    return warned + count_done(due, lambda session: decide_group(session, now=now).state != "")


@sweep("series and new rules for clocks")
def follow_new_clocks(now: datetime) -> int:
    """Keep series at their wall clock; one may free the time that the next needs, so rounds go on while any moves."""
    behind = list(Series.objects.behind(data_version()).order_by("pk")[:BATCH])
    done = 0
    while moved := count_done(behind, lambda series: bool(follow_clocks(series, now=now))):
        done += moved
    return done + count_done(behind, lambda series: accept_clocks(series, now=now) is not None)


@sweep("sessions nobody settled")
def ask_staff_about_unclear(now: datetime) -> int:
    """Three days after a session that is still unclear, ask staff what it came to."""
    latest = now - policy.unclear_for(now)
    due = Session.objects.filter(outcome=Session.Outcome.UNCLEAR, staff_asked_at=None, ended_at__lte=latest)
    return _each(due.order_by("ended_at"), lambda session: ask_staff(session, now=now))


@sweep("reminders")
def send_due_reminders(now: datetime) -> int:
    """Remind each participant, once, of what is near."""
    due = Reminder.objects.filter(state=Reminder.State.PLANNED, due_at__lte=now).order_by("due_at", "pk")
    return _each(due.select_related("session"), lambda reminder: send_reminder(reminder, now=now), lock="session")


@sweep("free time")
def refresh_due_free_time(now: datetime) -> int:
    """Work out anew when coaches could be booked, where something changed or a day has passed."""
    done = 0
    for _round in range(MOST_ROUNDS):
        refreshed = refresh_due(now=now)
        done += refreshed
        if not refreshed:
            break
    return done


@shared_task
def refresh_changed_free_time() -> None:
    """The same, as soon as something has changed."""
    refresh_due(now=clock.now())


def _each(due: models.QuerySet[Any], work: Callable[[Any], Any], lock: str = "self") -> int:
    """How many due rows were dealt with; one that fails is left alone and must not stop the others."""
    done = 0
    for pk in list(due.values_list("pk", flat=True)[:BATCH]):
        try:
            with transaction.atomic():
                row = due.filter(pk=pk).select_for_update(skip_locked=True, no_key=True, of=(lock,)).first()
                done += bool(row and work(row))
        except Exception:
            log.exception("due row failed", model=due.model.__name__, pk=pk)
    return done


from scheduling import calendar_tasks  # noqa: E402, F401 - further sweeps
