"""Free time knows how far ahead a coach is bookable, and every calendar has its row, to be worked out by the sweep."""

from django.db import migrations, models

FILL = """
INSERT INTO scheduling_freetime (coach_id, stretches, cells, notice_hours, horizon_days, due_at)
SELECT coach_id, '{}', '{}', notice_hours, horizon_days, '2000-01-01 00:00Z' FROM scheduling_calendar
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):

    dependencies = [("scheduling", "0004_free_cells")]

    operations = [
        migrations.AddField("freetime", "horizon_days", models.PositiveSmallIntegerField(default=0)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
