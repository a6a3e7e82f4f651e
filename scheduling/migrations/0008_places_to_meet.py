import accounts.models.coaches
import scheduling.models.sessions
from django.db import migrations, models

NAME_ROOMS = "UPDATE scheduling_session SET room = replace(gen_random_uuid()::text, '-', '') WHERE room = ''"


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0007_agreed_rows")]

    operations = [
        migrations.AddField(
            "session",
            "meeting_url",
            models.URLField(
                blank=True,
                default="",
                validators=[accounts.models.coaches.validate_meeting_url],
                verbose_name="meeting link",
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            "session",
            "room",
            models.CharField(default=scheduling.models.sessions.room_name, editable=False, max_length=40),
        ),
        migrations.RunSQL(NAME_ROOMS, migrations.RunSQL.noop),
    ]
