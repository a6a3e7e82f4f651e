"""What must be true of time, recomputed from the rows without trusting any constraint."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from core.registry import invariant
from core.wall import data_version, instants
from scheduling.models import Session

Rows = Iterable[dict[str, Any]]


@invariant("time: nobody is booked twice")
def nobody_is_booked_twice() -> Rows:
    return _rows(
        """
        SELECT one.user_id, one.session_id, other.session_id AS other_session_id
        FROM scheduling_timeclaim one
        JOIN scheduling_timeclaim other ON other.user_id = one.user_id AND other.id > one.id
        WHERE lower(one.during) < upper(other.during) AND lower(other.during) < upper(one.during)
        """
    )


@invariant("time: a session that occupies time claims exactly its own for each participant")
def sessions_claim_their_time() -> Rows:
    return _rows(
        """
        SELECT session.id AS session_id, participant.user_id, session.state
        FROM scheduling_session session
        JOIN scheduling_participant participant ON participant.session_id = session.id
        LEFT JOIN scheduling_timeclaim claim
          ON claim.session_id = session.id AND claim.user_id = participant.user_id
        WHERE session.state IN ('held', 'requested', 'scheduled', 'in_progress') AND participant.state <> 'left'
          AND (claim.id IS NULL OR lower(claim.during) <> session.starts_at OR upper(claim.during) <> session.ends_at)
        """
    )


@invariant("time: nobody's time is claimed by a session that does not need it")
def claims_belong_to_sessions() -> Rows:
    return _rows(
        """
        SELECT claim.id AS claim_id, claim.session_id, claim.user_id, session.state
        FROM scheduling_timeclaim claim
        JOIN scheduling_session session ON session.id = claim.session_id
        LEFT JOIN scheduling_participant participant
          ON participant.session_id = claim.session_id AND participant.user_id = claim.user_id
        WHERE participant.id IS NULL OR participant.state = 'left'
           OR session.state NOT IN ('held', 'requested', 'scheduled', 'in_progress')
        """
    )


@invariant("time: a claim expires exactly when the hold it stands for does")
def claims_expire_with_their_holds() -> Rows:
    return _rows(
        """
        SELECT claim.id AS claim_id, claim.session_id, claim.user_id, claim.expires_at
        FROM scheduling_timeclaim claim
        JOIN scheduling_session session ON session.id = claim.session_id
        JOIN scheduling_participant participant
          ON participant.session_id = claim.session_id AND participant.user_id = claim.user_id
        WHERE claim.expires_at IS DISTINCT FROM CASE
          WHEN session.state = 'held' THEN session.hold_expires_at
          WHEN participant.state = 'held' THEN participant.hold_expires_at END
        """
    )


@invariant("time: a session lasts as long as was agreed")
def sessions_last_as_agreed() -> Rows:
    return _rows(
        """
        SELECT id AS session_id, starts_at, ends_at, duration_minutes FROM scheduling_session
        WHERE ends_at - starts_at <> make_interval(mins => duration_minutes::int)
        """
    )


@invariant("time: an outcome exactly when a session is over")
def outcomes_follow_states() -> Rows:
    return _rows(
        """
        SELECT id AS session_id, state, outcome FROM scheduling_session
        WHERE (state = 'missed') <> (outcome IN ('student_absent', 'coach_absent', 'both_absent'))
           OR (state = 'completed') <> (outcome IN ('completed', 'unclear'))
        """
    )


@invariant("time: each reminder goes out once")
def reminders_go_out_once() -> Rows:
    return _rows(
        """
        SELECT reminder.id AS reminder_id, reminder.state, count(event.id) AS events
        FROM scheduling_reminder reminder
        LEFT JOIN core_event event
          ON event.name = 'reminder_due' AND event.subject_kind = 'scheduling.session'
         AND event.subject_id = reminder.session_id AND (event.facts ->> 'reminder')::bigint = reminder.id
        GROUP BY reminder.id HAVING count(event.id) <> (reminder.state = 'sent')::int
        """
    )


@invariant("time: reminders go out for the version of the session that was agreed then")
def reminders_follow_versions() -> Rows:
    return _rows(
        """
        SELECT (sent.facts ->> 'reminder')::bigint AS reminder_id, sent.subject_id AS session_id, reminder.version
        FROM core_event sent
        LEFT JOIN scheduling_reminder reminder ON reminder.id = (sent.facts ->> 'reminder')::bigint
        WHERE sent.name = 'reminder_due' AND sent.subject_kind = 'scheduling.session'
          AND reminder.version IS DISTINCT FROM (
            SELECT (agreed.facts ->> 'version')::int FROM core_event agreed
            WHERE agreed.subject_kind = sent.subject_kind AND agreed.subject_id = sent.subject_id
              AND agreed.id < sent.id AND agreed.name IN (
                'session_scheduled', 'session_moved', 'session_followed_clocks', 'session_cancelled', 'session_ended')
            ORDER BY agreed.id DESC LIMIT 1)
        """
    )


@invariant("time: nobody is offered time of a coach that is taken")
def free_time_is_not_taken() -> Rows:
    return _rows(
        """
        SELECT free.coach_id, claim.session_id, claim.during
        FROM scheduling_freetime free
        JOIN scheduling_timeclaim claim ON claim.user_id = free.coach_id AND free.stretches && claim.during
        WHERE free.computed_at IS NOT NULL AND (claim.expires_at IS NULL OR claim.expires_at > free.computed_at)
        UNION ALL
        SELECT free.coach_id, NULL, busy.during
        FROM scheduling_freetime free
        JOIN scheduling_busytime busy ON busy.user_id = free.coach_id AND free.stretches && busy.during
        WHERE free.computed_at IS NOT NULL
        """
    )


@invariant("time: the sessions of a series are at its wall clock on the days they stand for")
def series_keep_their_clock() -> Rows:
    standing = Session.objects.filter(state__in=["requested", "scheduled"], series__tz_version=data_version())
    for session in standing.filter(is_moved_alone=False, series_day__isnull=False).select_related("series"):
        series = session.series
        if session.starts_at not in instants(session.series_day, series.clock, ZoneInfo(series.time_zone)):
            yield {"session_id": session.pk, "series_id": series.pk, "series_day": str(session.series_day)}


@invariant("time: a group session has no more seats taken or kept than it has")
def seats_are_not_oversold() -> Rows:
    return _rows(
        """
        SELECT session.id AS session_id, session.seats, count(*) AS taken
        FROM scheduling_session session JOIN scheduling_participant place ON place.session_id = session.id
        WHERE session.kind = 'group' AND place.role = 'student' AND place.state IN ('held', 'taken')
        GROUP BY session.id HAVING count(*) > session.seats
        """
    )


def _rows(sql: str) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
