"""One person, two roles: every list and menu follows the one in use, and nothing is out of reach."""

import pytest
from rest_framework.test import APIClient

from accounts.models import StudentProfile
from accounts.operations import switch_role
from accounts.tests.factories import CoachFactory, StudentFactory
from contracts.tests.factories import active, scheduled, sent
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    """Robin teaches and learns; both roles are complete."""
    robin = CoachFactory(name="Robin Both", is_student=True, role="student")
    StudentProfile.objects.create(user=robin, born_on="1990-04-12")
    return robin


@pytest.fixture
def learning(person, standin):
    """A paid contract in which Robin learns, with a time for its first session."""
    request = LearningRequestFactory(student=person, title="What Robin learns")
    contract = active(standin, request=request, coach=CoachFactory(name="Teaching Tess"))
    scheduled(contract, hour=9)
    return contract


@pytest.fixture
def teaching(person, standin):
    """A paid contract in which Robin teaches, with a time for its first session."""
    request = LearningRequestFactory(student=StudentFactory(name="Learning Lee"), title="What Robin teaches")
    contract = active(standin, request=request, coach=person)
    scheduled(contract, hour=15)
    return contract


def use(person, role):
    return switch_role(person, role=role)


def main_of(client, path):
    """What the page says below the bar on top."""
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode().split("<main")[1]


LISTS = ["/contracts/", "/sessions/", "/sessions/?when=all", "/money/", "/dashboard/", "/proposals/?state=accepted"]


class TestLists:
    @pytest.mark.parametrize("path", LISTS)
    def test_each_shows_the_rows_of_the_role_in_use(self, client, person, learning, teaching, path):
        client.force_login(use(person, "student"))
        page = main_of(client, path)
        assert ("What Robin learns" in page, "What Robin teaches" in page) == (True, False)
        use(person, "coach")
        page = main_of(client, path)
        assert ("What Robin learns" in page, "What Robin teaches" in page) == (False, True)

    def test_requests_are_ones_own_or_those_of_others(self, client, person):
        LearningRequestFactory(student=person, title="What Robin wants")
        LearningRequestFactory(title="What others want")
        client.force_login(use(person, "student"))
        page = main_of(client, "/requests/")
        assert ("What Robin wants" in page, "What others want" in page) == (True, False)
        use(person, "coach")
        page = main_of(client, "/requests/")
        assert ("What Robin wants" in page, "What others want" in page) == (False, True)

    def test_proposals_are_those_received_or_those_sent_in_the_right_words(self, client, person):
        ProposalFactory(request=LearningRequestFactory(student=person, title="What Robin wants"))
        ProposalFactory(coach=person, request=LearningRequestFactory(title="What others want"))
        client.force_login(use(person, "student"))
        page = main_of(client, "/proposals/")
        assert ("What Robin wants" in page, "What others want" in page) == (True, False)
        assert "Proposals for you" in page
        use(person, "coach")
        page = main_of(client, "/proposals/")
        assert ("What Robin wants" in page, "What others want" in page) == (False, True)
        assert "Proposals you sent" in page

    def test_what_waits_for_an_answer_waits_in_its_role(self, client, person):
        sent(coach=person, request__title="What Robin teaches", request__student__name="Learning Lee")
        client.force_login(use(person, "student"))
        assert "sent you a contract" not in main_of(client, "/dashboard/")
        use(person, "coach")
        assert "Learning Lee sent you a contract." in main_of(client, "/dashboard/")

    def test_the_menu_follows(self, client, person):
        client.force_login(use(person, "student"))
        bar = client.get("/contracts/").content.decode().split("<main")[0]
        assert ("My requests" in bar, "Find work" in bar) == (True, False)
        assert ("Switch to coaching" in bar, "Availability" in bar) == (True, False)
        use(person, "coach")
        bar = client.get("/contracts/").content.decode().split("<main")[0]
        assert ("My requests" in bar, "Find work" in bar) == (False, True)
        assert ("Switch to learning" in bar, "Availability" in bar) == (True, True)

    def test_who_has_one_role_is_offered_the_other_and_no_switch(self, client):
        client.force_login(StudentFactory())
        bar = client.get("/contracts/").content.decode().split("<main")[0]
        assert ("Become a coach" in bar, "Switch to" in bar) == (True, False)


class TestDetails:
    @pytest.mark.parametrize("role", ["student", "coach"])
    def test_each_is_in_reach_in_both_roles(self, client, person, learning, teaching, role):
        client.force_login(use(person, role))
        for contract in (learning, teaching):
            session = contract.bookings.get(number=1).session
            for path in (
                contract.get_absolute_url(),
                session.get_absolute_url(),
                f"/money/{contract.number}/",
                contract.proposal.get_absolute_url(),
                contract.proposal.request.get_absolute_url(),
            ):
                assert client.get(path).status_code == 200

    def test_it_is_said_plainly_where_a_page_belongs_to_the_other_role(self, client, person, learning, teaching):
        said = {"coach": "You are the coach here", "student": "You are the student here"}
        for contract, role in ((learning, "student"), (teaching, "coach")):
            paths = [
                contract.get_absolute_url(),
                contract.bookings.get(number=1).session.get_absolute_url(),
                f"/money/{contract.number}/",
                contract.proposal.get_absolute_url(),
                contract.proposal.request.get_absolute_url(),
            ]
            for path in paths:
                client.force_login(use(person, "coach" if role == "student" else "student"))
                page = main_of(client, path)
                assert said[role] in page
                assert f'name="next" value="{path}"' in page
                use(person, role)
                assert said[role] not in main_of(client, path)

    def test_who_has_one_role_reads_nothing_of_it(self, client, learning):
        client.force_login(learning.coach)
        assert "You are the" not in main_of(client, learning.get_absolute_url())

    def test_a_switch_leads_back_to_the_page(self, client, person, teaching):
        client.force_login(use(person, "student"))
        path = teaching.get_absolute_url()
        assert client.post("/profile/role/", {"role": "coach", "next": path}).url == path
        for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "http://testserver.evil/"):
            assert client.post("/profile/role/", {"role": "student", "next": elsewhere}).url == "/dashboard/"


OF_COACHES = ["/availability/", "/payouts/", "/invitations/", "/requests/saved/"]


class TestPagesOfOneRole:
    def test_a_student_page_offers_the_switch_to_who_is_coaching(self, client, person):
        client.force_login(use(person, "coach"))
        page = main_of(client, "/requests/new/")
        assert "This page belongs to your learning" in page
        assert 'name="next" value="/requests/new/"' in page
        use(person, "student")
        assert "This page belongs" not in main_of(client, "/requests/new/")

    @pytest.mark.parametrize("path", OF_COACHES)
    def test_a_coach_page_offers_the_switch_to_who_is_learning(self, client, person, path):
        client.force_login(use(person, "student"))
        assert "This page belongs to your coaching" in main_of(client, path)
        use(person, "coach")
        assert "This page belongs" not in main_of(client, path)

    def test_a_proposal_is_written_as_a_coach(self, client, person):
        path = f"/requests/{LearningRequestFactory().pk}/propose/"
        client.force_login(use(person, "student"))
        assert "This page belongs to your coaching" in main_of(client, path)

    @pytest.mark.parametrize("path", OF_COACHES)
    def test_who_lacks_the_role_is_asked_whether_to_take_it_on(self, client, path):
        client.force_login(StudentFactory())
        assert client.get(path).url == "/profile/become/coach/"

    def test_who_only_teaches_is_asked_whether_to_learn(self, client):
        client.force_login(CoachFactory())
        assert client.get("/requests/new/").url == "/profile/become/student/"


class TestApi:
    @pytest.mark.parametrize("path", ["contracts", "bookings", "sessions", "proposals", "transactions"])
    def test_lists_take_the_role(self, person, learning, teaching, path):
        client = APIClient()
        client.force_authenticate(person)

        def found(**query):
            rows = client.get(f"/api/v1/{path}/", query).json()["results"]
            return {row["id"] for row in rows}

        mine, theirs = found(role="student"), found(role="coach")
        assert mine
        assert not mine & theirs
        assert mine | theirs == found()
        if path != "transactions":  # nothing has been sent to Robin yet
            assert theirs

    @pytest.mark.parametrize("path", ["contracts", "bookings", "sessions", "proposals", "transactions"])
    def test_there_is_no_third_role(self, person, path):
        client = APIClient()
        client.force_authenticate(person)
        answer = client.get(f"/api/v1/{path}/", {"role": "staff"})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["role"])


def test_becoming_a_coach_and_back_keeps_everything(client):
    """From one account to two roles, and each click does what it says."""
    student = StudentFactory()
    client.force_login(student)
    assert client.post("/profile/become/coach/").url == "/onboarding/coach/"
    student.refresh_from_db()
    assert (student.role, student.is_student, student.is_coach) == ("coach", True, True)
    assert client.post("/profile/role/", {"role": "student"}).url == "/dashboard/"
    student.refresh_from_db()
    assert (student.role, student.is_coach) == ("student", True)
