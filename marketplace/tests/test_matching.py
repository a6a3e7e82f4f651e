"""The match of a request and a coach: the rule in Python, the same in SQL, and its reasons in words."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.tests.factories import CoachFactory, SkillFactory
from marketplace.fitting import fitting_coaches
from marketplace.matching import best_matched, matched, reasons, searching_coach
from marketplace.models import LearningRequest
from marketplace.operations.words import rewrite_request
from marketplace.policy import match_score
from marketplace.tests.factories import LearningRequestFactory
from marketplace.tests.searching import NOON, at, free_coach

MADRID = ZoneInfo("Europe/Madrid")
NOTHING = {"shared_skills": 0, "asked_skills": 4, "shared_cells": 0, "asked_cells": 8, "speaks": False}


@pytest.mark.parametrize(
    ("figures", "score"),
    [
        ({"is_affordable": False}, 0),
        ({"is_affordable": None}, 4),
        ({"is_affordable": True}, 8),
        ({"is_affordable": False, "speaks": True}, 12),
        ({"is_affordable": False, "shared_skills": 3}, 37),  # 37.5
        ({"is_affordable": False, "shared_cells": 3}, 11),  # 11.25
        ({"is_affordable": False, "asked_cells": 0}, 15),
        ({"is_affordable": True, "speaks": True, "shared_skills": 4, "shared_cells": 8}, 100),
        ({"is_affordable": False, "asked_skills": 0}, 0),
    ],
)
def test_each_reason_has_its_weight(figures, score):
    assert match_score(**NOTHING | figures) == score


ids = st.lists(st.integers(1, 8), unique=True, max_size=6).map(sorted)
cells = st.lists(st.integers(0, 12), unique=True, max_size=10).map(sorted)
codes = st.lists(st.sampled_from(["en", "es", "de"]), unique=True, max_size=3)


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids, ids, cells, cells, codes, codes, st.none() | st.integers(1, 60000), st.integers(1, 12), st.booleans())
def test_sql_counts_as_the_rule_does(pair, asked, taught, wanted, free, learns, speaks, budget, count, same_currency):
    request, coach = pair
    LearningRequest.objects.filter(pk=request.pk).update(
        skill_ids=asked,
        preferred_cells=wanted,
        languages=learns,
        budget_cents=budget,
        sessions_needed=count,
        currency="usd" if same_currency else "eur",
    )
    coach.skill_ids, coach.cells, coach.language_codes = taught, free, speaks
    row = matched(LearningRequest.objects.all(), coach).get()
    assert row.match == match_score(
        shared_skills=len(set(asked) & set(taught)),
        asked_skills=len(asked),
        shared_cells=len(set(wanted) & set(free)),
        asked_cells=len(wanted),
        speaks=not learns or bool(set(learns) & set(speaks)),
        is_affordable=None if budget is None else same_currency and budget >= count * 6000,
    )


@pytest.fixture
def pair(db):
    coach = CoachFactory()
    return LearningRequestFactory(), searching_coach(coach)


@pytest.mark.django_db
class TestOrder:
    def test_only_what_shares_a_skill_is_compared_and_ties_go_by_age(self, clock):
        clock.travel_to(NOON)
        spanish, python = SkillFactory(name="Spanish"), SkillFactory(name="Python")
        coach = searching_coach(free_coach("C", profile__skills=[spanish]))
        half = LearningRequestFactory(skills=[spanish, python])
        whole, younger = LearningRequestFactory(skills=[spanish]), LearningRequestFactory(skills=[spanish])
        LearningRequestFactory(skills=[python])
        found = best_matched(matched(LearningRequest.objects.open(), coach), coach)
        assert list(found) == [younger, whole, half]

    def test_only_the_newest_are_compared(self, monkeypatch):
        coach = searching_coach(CoachFactory())
        LearningRequestFactory()
        newer = LearningRequestFactory(budget_cents=100)
        monkeypatch.setattr("marketplace.matching.NEWEST", 1)
        assert list(best_matched(matched(LearningRequest.objects.open(), coach), coach)) == [newer]

    def test_coaches_that_fit_a_request_are_weighed_alike(self, clock):
        clock.travel_to(NOON)
        spanish = SkillFactory(name="Spanish")
        request = LearningRequestFactory(skills=[spanish], languages=["es"], preferred_hours=[24 + 17], time_zone="UTC")
        rewrite_request(request, now=NOON)
        person = free_coach("C", (at(4, 17), at(4, 18)), profile__skills=[spanish])
        [fitting] = fitting_coaches(request)
        row = matched(LearningRequest.objects.all(), searching_coach(person)).get()
        assert (fitting.weight, row.match) == (100, 100)


@pytest.mark.django_db
class TestReasons:
    @pytest.fixture
    def request_and_coach(self, clock):
        clock.travel_to(NOON)
        skills = [SkillFactory(name=name) for name in ("Spanish", "Python", "Guitar")]
        evenings = [24 + 18, 24 + 19, 72 + 18, 120 + 9]  # Tuesday, Thursday, Saturday morning
        request = LearningRequestFactory(
            skills=skills, preferred_hours=evenings, time_zone="Europe/Madrid", languages=["es"]
        )
        rewrite_request(request, now=NOON)
        free = [(at(4, 16), at(4, 20)), (at(6, 17), at(6, 18)), (at(1, 8), at(1, 9))]
        coach = free_coach("C", *free, profile__skills=skills[:2], profile__hourly_rate_cents=10000)
        return matched(LearningRequest.objects.all(), searching_coach(coach)).get(), searching_coach(coach)

    def test_they_say_what_is_shared_by_the_clock_of_the_coach(self, request_and_coach):
        request, coach = request_and_coach
        assert reasons(request, coach, MADRID, NOON) == [
            "2 of 3 skills", "Tue and Thu evenings", "Sat mornings", "in a language of yours", "within the budget",
        ]  # fmt: skip
        assert reasons(request, coach, ZoneInfo("Asia/Tokyo"), NOON)[1:3] == ["Wed and Fri nights", "Sat afternoons"]
        assert request.match == 33 + 30 + 12 + 8

    def test_what_is_not_shared_is_not_said(self):
        coach = searching_coach(CoachFactory(profile__skills=[SkillFactory(name="Zither")], profile__currency="eur"))
        LearningRequestFactory()
        row = matched(LearningRequest.objects.all(), coach).get()
        assert (reasons(row, coach, MADRID, NOON), row.match) == ([], 15 + 12)
