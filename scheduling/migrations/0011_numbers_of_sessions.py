from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0010_staff_are_asked")]

    operations = [
        migrations.AddField("session", "number", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("session", "out_of", models.PositiveSmallIntegerField(default=0)),
    ]
