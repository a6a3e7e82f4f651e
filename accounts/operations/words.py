"""The stored words that search reads follow what they are made of."""

from django.db.models import prefetch_related_objects

from accounts.documents import words_of
from accounts.models import CoachProfile, Skill
from core.operations import operation

STORED = ["words", "more_words", "skill_ids", "language_codes"]
BATCH = 500


@operation
def rewrite_words(profile: CoachProfile) -> CoachProfile:
    """Store anew what a coach is found by: after the name, the public document, a skill or a synonym changed."""
    prefetch_related_objects([profile], "user", "skills__synonyms")
    _compose(profile)
    profile.save(update_fields=STORED)
    return profile


@operation
def rewrite_words_of(skill: Skill) -> int:
    """The same for everybody who has this skill, so many at a time; how many they were."""
    done, last = 0, 0
    while batch := _next_batch(skill, last):
        for profile in batch:
            _compose(profile)
        CoachProfile.objects.bulk_update(batch, STORED)
        done, last = done + len(batch), batch[-1].pk
    return done


def _next_batch(skill: Skill, last: int) -> list[CoachProfile]:
    """Locked, so that what is approved meanwhile is not overwritten with older words."""
    rows = CoachProfile.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
    later = rows.filter(skill_ids__contains=[skill.pk], pk__gt=last).order_by("pk")
    return list(later.prefetch_related("skills__synonyms")[:BATCH])


def _compose(profile: CoachProfile) -> None:
    skills = list(profile.skills.all())
    profile.words, profile.more_words = words_of(profile, skills)
    profile.skill_ids = sorted(skill.pk for skill in skills)
    profile.language_codes = sorted({each["code"] for each in profile.languages})
