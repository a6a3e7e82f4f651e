"""Many learning requests at once, with the columns that the operations would have written."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.models import Role, Skill, StudentProfile, User
from demo.seed.crowd import chance, words
from demo.seed.crowd.chance import Somebody
from demo.seed.crowd.coaches import make_users
from marketplace.models import LearningRequest
from marketplace.operations.words import describe_request
from marketplace.policy import request_until

State = LearningRequest.State
OF_EACH = 4  # requests of one student
STATES = {3: State.PAUSED, 7: State.CLOSED, 11: State.CLOSED, 15: State.EXPIRED, 19: State.DRAFT}  # of each twenty
HOURS = [
    [day * 24 + hour for day in range(5) for hour in range(18, 22)],
    [day * 24 + hour for day in (5, 6) for hour in range(10, 18)],
    [24 + 18, 24 + 19, 72 + 18, 72 + 19],
    [day * 24 + hour for day in range(5) for hour in range(7, 9)],
    [48 + 14, 48 + 15],
    [],
]


def make_requests(numbers: Sequence[int], skills: Sequence[Skill], password: str, now: datetime) -> None:
    """The students with these numbers, each with a few requests."""
    people = [chance.somebody("student", number) for number in numbers]
    users = make_users("student", numbers, people, password, is_student=True, role=Role.STUDENT)
    StudentProfile.objects.bulk_create(
        StudentProfile(user=user, country=who.place.country, languages=_spoken(who))
        for user, who in zip(users, people, strict=True)
    )
    requests = [
        _request(user, who, skills, STATES.get((number * OF_EACH + each) % 20, State.OPEN), now)
        for number, user, who in zip(numbers, users, people, strict=True)
        for each in range(OF_EACH)
    ]
    LearningRequest.objects.bulk_create(requests)
    asked = LearningRequest.skills.through
    asked.objects.bulk_create(
        asked(learningrequest_id=request.pk, skill_id=skill) for request in requests for skill in request.skill_ids
    )


def _request(user: User, who: Somebody, skills: Sequence[Skill], state: str, now: datetime) -> LearningRequest:
    who = who._replace(skills=chance.skills(who.random, 3))
    count = who.random.randint(2, 12)
    posted = now - timedelta(minutes=who.random.randint(1, 50 * 1440))
    request = LearningRequest(
        student=user,
        state=state,
        title=chance.headline(who),
        description=chance.text(who, words.WISHES, 2, 5),
        level=who.random.choice(LearningRequest.Level.values),
        budget_cents=chance.cents(count * who.random.randint(12, 80)) if who.random.random() < 0.8 else None,
        currency=who.place.currency,
        sessions_needed=count,
        timeframe=who.random.choice(words.TIMEFRAMES),
        time_zone=who.place.time_zone,
        preferred_hours=who.random.choice(HOURS),
        languages=who.languages,
        created_at=posted,
        posted_at=None if state == State.DRAFT else posted,
        expires_at=_end(state, posted, now),
    )
    describe_request(request, chance.skills_of(who, skills), now)
    return request


def _end(state: str, posted: datetime, now: datetime) -> datetime | None:
    if state == State.DRAFT:
        return None
    return now - timedelta(hours=1) if state == State.EXPIRED else request_until(posted)


def _spoken(who: Somebody) -> list[dict[str, str]]:
    return [{"code": code, "level": "native" if code == who.languages[0] else "b2"} for code in who.languages]
