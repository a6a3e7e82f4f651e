"""Many coaches at once, with the columns that the operations would have written."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings

from accounts.documents import EMPTY, words_of
from accounts.models import CoachProfile, Role, Skill, User
from demo.seed.crowd import chance, words
from demo.seed.crowd.chance import Somebody
from scheduling.models import Calendar, WeeklyHours
from scheduling.operations import refresh_many

State = CoachProfile.State
NOT_PUBLIC = {17: State.DRAFT, 37: State.SUBMITTED, 57: State.REJECTED}  # of each hundred


def make_coaches(numbers: Sequence[int], skills: Sequence[Skill], password: str, now: datetime) -> None:
    """The coaches with these numbers: accounts, profiles, weekly hours and free time."""
    people = [chance.somebody("coach", number) for number in numbers]
    users = make_users("coach", numbers, people, password, is_coach=True, role=Role.COACH)
    profiles = [_profile(*each, skills, now) for each in zip(numbers, users, people, strict=True)]
    CoachProfile.objects.bulk_create(profiles)
    taught = CoachProfile.skills.through
    taught.objects.bulk_create(
        taught(coachprofile_id=profile.pk, skill_id=skill) for profile in profiles for skill in profile.skill_ids
    )
    _open_calendars(users, people)
    refresh_many([user.pk for user in users], now=now)


def make_users(
    kind: str, numbers: Sequence[int], people: Sequence[Somebody], password: str, **roles: Any
) -> list[User]:
    """Accounts with a verified address and the one password."""
    users = [
        User(email=address(kind, number), name=who.name, time_zone=who.place.time_zone, password=password, **roles)
        for number, who in zip(numbers, people, strict=True)
    ]
    User.objects.bulk_create(users)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    return users


def address(kind: str, number: int) -> str:
    return f"{kind}-{number:06}@{settings.CROWD_DOMAIN}"


def _profile(number: int, user: User, who: Somebody, skills: Sequence[Skill], now: datetime) -> CoachProfile:
    state = NOT_PUBLIC.get(number % 100, State.APPROVED)
    document = _document(who, skills)
    profile = CoachProfile(user=user, state=state, **_offer(who))
    if state in {State.SUBMITTED, State.REJECTED}:
        profile.submitted_at = now - timedelta(days=who.random.randint(1, 9))
    if state == State.REJECTED:
        profile.rejection_reason = "Please say a little more about how you teach."
    if state == State.APPROVED:
        _publish(profile, who, document, chance.skills_of(who, skills), now)
    else:
        profile.wanted = document
    return profile


def _offer(who: Somebody) -> dict[str, Any]:
    rate = min(chance.DEAREST, chance.CHEAPEST + int(who.random.expovariate(1 / 25)))
    has_trial = who.random.random() < 0.6
    return {
        "country": who.place.country,
        "currency": who.place.currency,
        "hourly_rate_cents": chance.cents(rate),
        "trial_rate_cents": chance.cents(max(5, rate // 4)) if has_trial else None,
        "meeting_url": f"https://meet.jit.si/skileez-{who.random.getrandbits(48):x}",
    }


def _document(who: Somebody, skills: Sequence[Skill]) -> dict[str, Any]:
    began = who.random.randint(1990, 2022)
    job = {"title": f"{chance.skill_name(who)} teacher", "organisation": f"School of {who.place.city}", "text": ""}
    first, *others = who.languages
    return EMPTY | {
        "goal": "Teach what I do myself.",
        "skills": sorted(skill.slug for skill in chance.skills_of(who, skills)),
        "experience": [job | {"from_year": began, "to_year": None}],
        "languages": [{"code": first, "level": "native"}, *({"code": code, "level": "c1"} for code in others)],
        "headline": chance.headline(who),
        "bio": chance.text(who, words.SENTENCES, 3, 6),
    }


def _publish(
    profile: CoachProfile, who: Somebody, document: dict[str, Any], taught: list[Skill], now: datetime
) -> None:
    for name in EMPTY:
        if name != "skills":
            setattr(profile, name, document[name])
    profile.submitted_at = now - timedelta(days=who.random.randint(2, 700))
    profile.approved_at = profile.submitted_at + timedelta(days=1)
    profile.stars = chance.stars(who.random)
    profile.rating_count = sum(profile.stars)
    profile.rating_sum = sum(number * given for number, given in enumerate(profile.stars, start=1))
    profile.sessions_done = profile.rating_count * who.random.randint(2, 9)
    profile.response_minutes = who.random.choice([None, 12, 45, 90, 240, 600])
    profile.words, profile.more_words = words_of(profile, taught)
    profile.skill_ids = sorted(skill.pk for skill in taught)
    profile.language_codes = sorted({each["code"] for each in profile.languages})


def _open_calendars(users: Sequence[User], people: Sequence[Somebody]) -> None:
    calendars = [
        Calendar(coach=user, time_zone=user.time_zone, notice_hours=who.random.choice([2, 12, 24]), step_minutes=30)
        for user, who in zip(users, people, strict=True)
    ]
    Calendar.objects.bulk_create(calendars)
    WeeklyHours.objects.bulk_create(
        WeeklyHours(calendar=calendar, weekday=weekday, starts=time(starts), ends=time(ends % 24))
        for calendar, who in zip(calendars, people, strict=True)
        for weekday, starts, ends in who.random.choice(chance.WEEKS)
    )
