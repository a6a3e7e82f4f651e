from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0005_why_declined")]

    operations = [
        migrations.AddIndex(
            model_name="learningrequest",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "paused"])),
                fields=["time_zone", "utc_offset_minutes"],
                name="request_zones",
            ),
        ),
    ]
