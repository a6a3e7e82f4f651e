"""The stored words that search reads follow what they are made of."""

from django.db.models import prefetch_related_objects

from accounts.documents import words_of
from accounts.models import CoachProfile
from core.operations import operation


@operation
def rewrite_words(profile: CoachProfile) -> CoachProfile:
    """Store anew what a coach is found by: after the name, the public document, a skill or a synonym changed."""
    prefetch_related_objects([profile], "user", "skills__synonyms")
    skills = list(profile.skills.all())
    profile.words, profile.more_words = words_of(profile, skills)
    profile.skill_ids = sorted(skill.pk for skill in skills)
    profile.language_codes = sorted({each["code"] for each in profile.languages})
    profile.save(update_fields=["words", "more_words", "skill_ids", "language_codes"])
    return profile
