"""What was there before, in the new form: words to search, preferred times as text, a thread for each proposal."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import migrations

from core.words import fold

TERMS = ("payment_model", "rate_cents", "session_count", "session_minutes", "payment_schedule")


def carry_over(apps, schema_editor):
    for request in apps.get_model("marketplace", "LearningRequest").objects.all():
        skills = list(request.skills.all())
        if request.preferred_times:  # free text, which no grid can hold
            request.description = f"{request.description}\n\n{request.preferred_times}"[:5000]
        request.posted_at = request.created_at
        request.words = fold(" ".join([request.title, *(each.name for each in skills)]))
        request.more_words = fold(request.description)
        request.skill_ids = sorted(each.pk for each in skills)
        offset = datetime.now(ZoneInfo(request.time_zone)).utcoffset()
        request.utc_offset_minutes = int(offset.total_seconds() // 60)
        request.save()
    terms = apps.get_model("marketplace", "Terms")
    for proposal in apps.get_model("marketplace", "Proposal").objects.all():
        offered = {name: getattr(proposal, name) for name in TERMS}
        terms.objects.create(
            proposal=proposal, number=1, offered_by="coach", offered_at=proposal.created_at, **offered
        )


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0002_finding")]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveField(model_name="learningrequest", name="preferred_times"),
    ]
