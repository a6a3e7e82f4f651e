"""Why a proposal came to nothing, beside the words of the student; what is known of old ones is in their events."""

from django.db import migrations, models

CHOICES = [
    ("price", "The price is more than I planned"),
    ("times", "The times do not fit"),
    ("experience", "I look for other experience"),
    ("approach", "I would like to learn in another way"),
    ("plans", "My plans have changed"),
    ("other", "Another reason"),
    ("another_accepted", "Another proposal was accepted"),
    ("request_closed", "The request was closed"),
]


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0004_reasons")]

    operations = [
        migrations.AddField(
            model_name="proposal",
            name="declined_because",
            field=models.CharField(blank=True, choices=CHOICES, default="", max_length=20, verbose_name="reason"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="proposal",
            name="decline_reason",
            field=models.CharField(blank=True, max_length=500, verbose_name="in the student's words"),
        ),
    ]
