"""Free slots worked out a second time, by PostgreSQL alone: multiranges instead of a sweep, its own clocks instead of Python's."""

from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from django.db import connection

# The first instant at which clocks show this or later: the gap's end, and the first of two.
FIRST_INSTANT = """
CREATE OR REPLACE FUNCTION pg_temp.first_instant(wall timestamp, zone text) RETURNS timestamptz LANGUAGE sql AS $$
    SELECT min(moment) FROM generate_series((wall AT TIME ZONE zone) - interval '3 hours',
                                            (wall AT TIME ZONE zone) + interval '3 hours', interval '5 minutes') AS moment
    WHERE moment AT TIME ZONE zone >= wall
$$
"""
ORACLE = """
WITH calendar AS (SELECT * FROM scheduling_calendar WHERE coach_id = %(coach)s),
number AS (
    SELECT CASE WHEN confirms = 'request' THEN greatest(own, 3) ELSE own END AS notice
    FROM (SELECT confirms, CASE WHEN %(kind)s = 'consultation' THEN consultation_notice_hours ELSE notice_hours END AS own
          FROM calendar) AS of_kind
),
day AS (
    SELECT each::date AS day, coalesce((
        SELECT travel.time_zone FROM scheduling_travelzone travel
        WHERE travel.calendar_id = calendar.id AND each::date BETWEEN first_day AND last_day), calendar.time_zone) AS zone
    FROM calendar, generate_series(%(start)s::date - 4, %(end)s::date + 4, interval '1 day') AS each
),
clock AS (
    SELECT day, zone, 'weekly' AS kind, starts, ends FROM day, calendar JOIN scheduling_weeklyhours hours
        ON hours.calendar_id = calendar.id WHERE hours.weekday = extract(isodow FROM day) - 1
    UNION ALL
    SELECT day, zone, kind, coalesce(starts, '00:00'), coalesce(ends, '00:00') FROM day, calendar
        JOIN scheduling_dateexception exception ON exception.calendar_id = calendar.id
        WHERE day BETWEEN first_day AND last_day
),
edge AS (
    SELECT kind, pg_temp.first_instant(day + starts, zone) AS since, pg_temp.first_instant(
        CASE WHEN ends = '00:00' THEN (day + 1)::timestamp ELSE day + ends END, zone) AS until
    FROM clock
),
stretch AS (SELECT kind, since, tstzrange(since, until) AS during FROM edge WHERE since < until),
claim AS (
    SELECT claim.*, session.coach_id FROM scheduling_timeclaim claim JOIN scheduling_session session
        ON session.id = claim.session_id WHERE claim.expires_at IS NULL OR claim.expires_at > %(now)s
),
midnight AS (
    SELECT day, min(pg_temp.first_instant(day::timestamp, zone)) OVER (ORDER BY day DESC) AS since FROM day
),
whole_day AS (
    SELECT tstzrange(since, lead(since) OVER (ORDER BY day)) AS during FROM midnight
),
taught AS (
    SELECT during FROM claim WHERE user_id = %(coach)s AND coach_id = %(coach)s
    UNION ALL
    SELECT tstzrange(starts_at, ends_at) FROM scheduling_session
        WHERE coach_id = %(coach)s AND state IN ('completed', 'missed')
),
full_day AS (
    SELECT whole_day.during FROM whole_day, calendar WHERE NOT isempty(whole_day.during) AND NOT upper_inf(whole_day.during)
        AND (SELECT count(*) FROM taught WHERE taught.during && whole_day.during) >= most_a_day
),
free AS (
    SELECT coalesce((SELECT range_agg(during) FROM stretch WHERE kind = 'weekly'), '{}')
         - coalesce((SELECT range_agg(during) FROM stretch WHERE kind = 'blocked'), '{}')
         + coalesce((SELECT range_agg(during) FROM stretch WHERE kind = 'extra'), '{}')
         - coalesce((SELECT range_agg(tstzrange(lower(during) - pause, upper(during) + pause)) FROM claim, (
               SELECT greatest(buffer_before_minutes, buffer_after_minutes) * interval '1 minute' AS pause FROM calendar) AS p
               WHERE user_id = %(coach)s), '{}')
         - coalesce((SELECT range_agg(during) FROM claim WHERE user_id = %(student)s), '{}')
         - coalesce((SELECT range_agg(during) FROM scheduling_busytime WHERE user_id = %(coach)s), '{}')
         - coalesce((SELECT range_agg(during) FROM full_day), '{}') AS during
),
grid AS (
    SELECT since, lead(since) OVER (ORDER BY since) AS next FROM (
        SELECT DISTINCT since FROM stretch WHERE kind <> 'blocked') AS begun
),
candidate AS (
    SELECT at FROM calendar, grid, generate_series(since, least(coalesce(next, since + interval '1 day'),
        since + interval '1 day') - interval '1 second', step_minutes * interval '1 minute') AS at
)
SELECT at FROM candidate, free, calendar, number
WHERE free.during @> tstzrange(at, at + %(minutes)s * interval '1 minute')
  AND at >= %(now)s + notice * interval '1 hour' AND at < %(now)s + horizon_days * interval '1 day'
  AND at >= %(start)s AND at < %(end)s
  AND NOT (%(kind)s = 'consultation' AND NOT takes_consultations)
  AND NOT EXISTS (SELECT FROM scheduling_googlecalendar own WHERE own.user_id = %(coach)s AND own.state <> 'off'
                  AND unverified = 'withhold' AND (verified_until IS NULL OR verified_until <= %(now)s))
ORDER BY at
"""


def free_slots(
    coach: int, student: int, minutes: int, start: datetime, end: datetime, now: datetime, kind: str = ""
) -> list[datetime]:
    """What `scheduling.slots.slots` should list."""
    names = {
        "coach": coach,
        "student": student,
        "minutes": minutes,
        "start": start,
        "end": end,
        "now": now,
        "kind": kind,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIRST_INSTANT)
        cursor.execute(ORACLE, names)
        return [at for (at,) in cursor.fetchall()]


def zones_alike(days: list[datetime]) -> list[str]:
    """The zones of which PostgreSQL and Python have the same data around these days."""
    asked = """
    SELECT name, array_agg(extract(epoch FROM (at AT TIME ZONE name) - (at AT TIME ZONE 'UTC'))::int ORDER BY at)
    FROM pg_timezone_names, unnest(%s::timestamptz[]) AS at GROUP BY name
    """
    with connection.cursor() as cursor:
        cursor.execute(asked, [days])
        return sorted(name for name, offsets in cursor.fetchall() if offsets == _offsets(name, days))


def _offsets(name: str, days: list[datetime]) -> list[int] | None:
    if name not in available_timezones():
        return None
    return [int(day.astimezone(ZoneInfo(name)).utcoffset().total_seconds()) for day in days]
