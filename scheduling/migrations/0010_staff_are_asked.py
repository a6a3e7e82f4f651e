from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0009_words_of_bookings")]

    operations = [
        migrations.AddField("session", "staff_asked_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "session",
            models.Index(
                condition=models.Q(("outcome", "unclear"), ("staff_asked_at__isnull", True)),
                fields=["ended_at"],
                name="session_unclear",
            ),
        ),
    ]
