import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import CoachFactory, SkillFactory
from marketplace.fitting import fit_of, fitting_coaches
from marketplace.tests.factories import InvitationFactory, LearningRequestFactory, ProposalFactory
from scheduling.models import FreeTime

pytestmark = pytest.mark.django_db
MONDAY_SIX = [18, 19]  # in winter Dublin is UTC: half hours 36 to 39


@pytest.fixture(autouse=True)
def winter(clock):
    clock.travel_to(clock.now().replace(month=1, day=15))


def free_at(coach, cells, clock):
    FreeTime.objects.update_or_create(coach=coach, defaults={"cells": cells, "due_at": clock.now()})


def names(request):
    return [coach.user.name for coach in fitting_coaches(request)]


def test_who_shares_more_comes_first_and_strangers_to_the_skills_never(clock):
    spanish, cooking = SkillFactory(name="Spanish"), SkillFactory(name="Cooking")
    request = LearningRequestFactory(
        skills=[spanish, cooking], preferred_hours=MONDAY_SIX, languages=["en"], budget_cents=20000, sessions_needed=4
    )
    CoachFactory(name="One skill", profile__skills=[spanish], profile__hourly_rate_cents=6000)
    CoachFactory(name="Both skills", profile__skills=[spanish, cooking], profile__hourly_rate_cents=6000)
    cheap = CoachFactory(name="Both and cheap", profile__skills=[spanish, cooking], profile__hourly_rate_cents=5000)
    free = CoachFactory(name="Both and free", profile__skills=[spanish, cooking], profile__hourly_rate_cents=6000)
    free_at(free, [36, 37, 100], clock)
    CoachFactory(name="Other skill", profile__skills=[SkillFactory(name="Chess")])
    CoachFactory(name="Hidden", profile__skills=[spanish], profile__state="submitted")
    assert names(request) == ["Both and free", "Both and cheap", "Both skills", "One skill"]
    assert fit_of(free, request).free_percent == 50
    assert fit_of(cheap, request).free_percent == 0
    assert (fit_of(free, request).is_affordable, fit_of(cheap, request).is_affordable) == (False, True)


def test_reasons_are_counted_and_named(clock):
    request = LearningRequestFactory(preferred_hours=MONDAY_SIX, languages=["es"], currency="usd")
    coach = CoachFactory(profile__hourly_rate_cents=10000)
    free_at(coach, [36, 37, 38], clock)
    fit = fit_of(coach, request)
    assert (fit.skills, fit.free_percent, fit.is_often_free) == (["Spanish"], 75, True)
    assert (fit.speaks, fit.is_affordable) == (True, True)
    poor = LearningRequestFactory(budget_cents=39999, sessions_needed=4, languages=["fr"])
    assert fit_of(coach, poor).is_affordable is False
    assert fit_of(coach, poor).speaks is False
    assert fit_of(coach, LearningRequestFactory(currency="jpy")).is_affordable is False
    assert fit_of(coach, LearningRequestFactory(budget_cents=None)).is_affordable is False


def test_without_hours_and_languages_nothing_is_said_of_them():
    fit = fit_of(CoachFactory(), LearningRequestFactory(preferred_hours=[], languages=[]))
    assert (fit.free_percent, fit.speaks) == (None, False)


def test_better_rated_coaches_come_first_among_equals():
    CoachFactory(name="New")
    CoachFactory(name="Praised", profile__rating_sum=50, profile__rating_count=10)
    assert names(LearningRequestFactory()) == ["Praised", "New"]


def test_the_student_and_whoever_was_asked_or_has_answered_is_not_proposed():
    both = CoachFactory(name="Myself", is_student=True)
    request = LearningRequestFactory(student=both)
    InvitationFactory(request=request)
    ProposalFactory(request=request, state="withdrawn")
    CoachFactory(name="Left")
    assert names(request) == ["Left"]


def test_six_at_most_and_two_queries_for_one_or_many():
    request = LearningRequestFactory(preferred_hours=MONDAY_SIX, languages=["es"])
    counts = []
    for number in (1, 19):
        CoachFactory.create_batch(number)
        with CaptureQueriesContext(connection) as queries:
            found = fitting_coaches(request)
            shown = [(coach.user.name, coach.fit.skills) for coach in found]
        counts.append((len(queries), len(shown)))
    assert counts == [(2, 1), (2, 6)]


def test_a_draft_without_skills_fits_nobody():
    CoachFactory()
    assert fitting_coaches(LearningRequestFactory(skills=[])) == []
