import importlib

import pytest
from django.db import connection

from accounts.models import CoachProfile
from accounts.tests.factories import CoachFactory, StudentFactory
from contracts import operations
from contracts.invariants import ratings_are_counted, sessions_are_counted
from contracts.models import Contract, Review
from contracts.tests.factories import active, drafted, held_session
from core import clock as the_clock
from scheduling.models import Participant, Session
from scheduling.operations import check_in, close_session, settle_outcome
from scheduling.tests.factories import HOUR, MINUTE, SessionFactory
from tests.racing import together

COUNT = importlib.import_module("contracts.migrations.0004_reputation").COUNT


def profile_of(coach):
    return CoachProfile.objects.get(user=coach)


def reviews_of(coach, *stars):
    """Reviews as rows, one contract each, not counted yet."""
    contracts = [drafted(coach=coach) for _star in stars]
    return [
        Review.objects.create(
            contract=contract, author=contract.student, coach=coach, stars=star, written_at=the_clock.now()
        )
        for contract, star in zip(contracts, stars, strict=True)
    ]


@pytest.mark.django_db
class TestStars:
    def test_a_public_review_counts_in_sum_number_and_distribution(self):
        coach = CoachFactory()
        for review in reviews_of(coach, 5, 4, 4):
            operations.count_stars(review)
        profile = profile_of(coach)
        assert (profile.rating_sum, profile.rating_count, profile.stars) == (13, 3, [0, 0, 0, 2, 1])
        assert list(ratings_are_counted()) == []

    def test_one_that_is_taken_away_leaves_nothing(self):
        coach = CoachFactory()
        [review] = reviews_of(coach, 1)
        operations.count_stars(review)
        assert profile_of(coach).stars == [1, 0, 0, 0, 0]
        operations.count_stars(review, times=-1)
        assert (profile_of(coach).rating_count, profile_of(coach).stars) == (0, [0, 0, 0, 0, 0])

    @pytest.mark.parametrize("wrong", [{"rating_sum": 4, "rating_count": 1}, {"stars": [0, 1, 0, 0, 0]}])
    def test_a_number_that_no_review_gave_is_found(self, wrong):
        coach = CoachFactory()
        CoachProfile.objects.filter(user=coach).update(**wrong)
        assert [row["user"] for row in ratings_are_counted()] == [coach.pk]


@pytest.mark.django_db
class TestSessionsDone:
    def test_a_session_that_both_came_to_counts_once(self, standin, clock):
        contract = active(standin, session_count=1)
        session = held_session(contract, clock)
        close_session(session, now=clock.now())
        assert profile_of(contract.coach).sessions_done == 1
        assert list(sessions_are_counted()) == []

    @pytest.mark.parametrize("who", ["coach", "student", "nobody"])
    def test_one_that_somebody_missed_does_not(self, standin, clock, who):
        contract = active(standin, session_count=1)
        held_session(contract, clock, who=who)
        assert profile_of(contract.coach).sessions_done == 0

    @pytest.mark.parametrize(("outcome", "done"), [("completed", 1), ("coach_absent", 0)])
    def test_an_unclear_one_counts_when_staff_say_that_it_took_place(self, standin, clock, outcome, done):
        contract = active(standin, session_count=1)
        session = held_session(contract, clock)
        Session.objects.filter(pk=session.pk).update(outcome="unclear")
        session.participants.filter(role="student").update(outcome="unclear")
        CoachProfile.objects.filter(user=contract.coach).update(sessions_done=0)
        staff = StudentFactory(is_staff=True, is_superuser=True)
        Contract.objects.filter(pk=contract.pk).update(state="active")
        contract.bookings.update(state="confirmed")
        settle_outcome(session, outcome=outcome, by=staff, now=clock.now())
        assert profile_of(contract.coach).sessions_done == done
        assert list(sessions_are_counted()) == []

    def test_a_group_counts_once_whose_seats_are_settled_one_by_one(self, clock):
        session = SessionFactory(
            coach=CoachFactory(), kind=Session.Kind.GROUP, seats=9, starts_at=clock.now() - 2 * HOUR
        )
        ben = StudentFactory()
        Participant.objects.create(session=session, user=ben, role="student")
        check_in(session, by=session.coach, now=session.starts_at + 20 * MINUTE)
        close_session(session, now=session.ends_at)
        staff = StudentFactory(is_staff=True, is_superuser=True)
        for student, done in ((ben, 0), (None, 1)):
            settle_outcome(session, outcome="completed", student=student, by=staff, now=clock.now())
            assert profile_of(session.coach).sessions_done == done
        assert list(sessions_are_counted()) == []

    def test_a_number_that_no_session_made_is_found(self):
        coach = CoachFactory(profile__sessions_done=3)
        assert [row["user"] for row in sessions_are_counted()] == [coach.pk]


@pytest.mark.django_db
def test_the_migration_counts_what_was_there_before(standin, clock):
    contract = active(standin, session_count=1)
    held_session(contract, clock)
    reviews_of(contract.coach, 5, 3, 3)
    reviews_of(CoachFactory(), 1)
    CoachProfile.objects.update(rating_sum=0, rating_count=0, stars=[0, 0, 0, 0, 0], sessions_done=0)
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
    profile = profile_of(contract.coach)
    assert (profile.rating_sum, profile.rating_count, profile.stars) == (11, 3, [0, 0, 2, 0, 1])
    assert profile.sessions_done == 1
    assert (list(ratings_are_counted()), list(sessions_are_counted())) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_ten_reviews_at_once_are_all_counted():
    coach = CoachFactory()
    written = reviews_of(coach, 1, 2, 3, 4, 5, 5, 5, 4, 4, 1)
    results = together(*(lambda each=each: operations.count_stars(each) for each in written))
    assert results == [None] * 10
    profile = profile_of(coach)
    assert (profile.rating_sum, profile.rating_count, profile.stars) == (34, 10, [2, 1, 1, 3, 3])
    assert list(ratings_are_counted()) == []
