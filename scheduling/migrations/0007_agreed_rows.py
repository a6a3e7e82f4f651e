"""What the new columns say of rows that were there before them."""

from django.db import migrations

CLAIMS = """
UPDATE scheduling_timeclaim claim SET expires_at = session.hold_expires_at
FROM scheduling_session session WHERE session.id = claim.session_id AND session.state = 'held'
"""
AGREED = """
UPDATE scheduling_session session SET agreed_at = happened.at, earliest_starts_at = session.starts_at
FROM (SELECT subject_id, min(at) AS at FROM core_event
      WHERE subject_kind = 'scheduling.session' AND name = 'session_scheduled' GROUP BY subject_id) happened
WHERE happened.subject_id = session.id AND session.version > 0
"""
OUTCOMES = """
UPDATE scheduling_participant place SET outcome = session.outcome
FROM scheduling_session session
WHERE session.id = place.session_id AND place.role = 'student' AND session.outcome <> ''
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0006_agreement_and_time"), ("core", "0004_mail_with_calendar")]

    operations = [migrations.RunSQL([CLAIMS, AGREED, OUTCOMES], migrations.RunSQL.noop)]
