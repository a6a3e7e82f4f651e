"""What profiles said before, in the new form: languages with a code, a wish for what is not public, words to search."""

import re

from babel import Locale
from django.db import migrations

from core.words import fold

SECTIONS = ("headline", "bio", "languages")


def carry_over(apps, schema_editor):
    codes = {name.casefold(): code for code, name in Locale("en").languages.items()}
    for profile in apps.get_model("accounts", "CoachProfile").objects.select_related("user"):
        spoken = [codes.get(word.strip().casefold()) for word in re.split(r"[,;/]| and ", profile.languages_text)]
        profile.languages = [{"code": code, "level": "c1"} for code in dict.fromkeys(spoken) if code]
        skills = list(profile.skills.order_by("slug"))
        if profile.approved_at is None:
            sections = {name: getattr(profile, name) for name in SECTIONS} | {"skills": [each.slug for each in skills]}
            profile.wanted = {name: value for name, value in sections.items() if value}
        profile.words = fold(" ".join([profile.user.name, profile.headline, *(each.name for each in skills)]))
        profile.more_words = fold(profile.bio)
        profile.skill_ids = sorted(each.pk for each in skills)
        profile.language_codes = sorted(each["code"] for each in profile.languages)
        profile.save()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_people")]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveField(model_name="coachprofile", name="languages_text"),
    ]
