from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0008_places_to_meet")]

    operations = [
        migrations.AddField("session", "asked_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "session", "decline_reason", models.CharField(blank=True, max_length=500, verbose_name="reason")
        ),
        migrations.AddField(
            "session",
            "note_to_coach",
            models.TextField(blank=True, max_length=2000, verbose_name="what it is about"),
        ),
    ]
