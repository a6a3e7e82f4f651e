"""A coach's marks on pages and by API, and what staff decide about them and about problems."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.models import Relation
from accounts.tests.factories import CoachFactory, StudentFactory, UserFactory
from contracts import operations
from contracts.models import Mark
from contracts.tests.factories import active, held_session
from contracts.tests.test_marks import is_hidden, missed
from core import clock as the_clock
from scheduling.models import Problem
from scheduling.operations import report_problem
from scheduling.tests.factories import DAY, HOUR, MONDAY, SessionFactory, student_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR
WORDS = "The doctor kept me until noon."


@pytest.fixture
def coach():
    return CoachFactory()


@pytest.fixture
def support():
    person = UserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name="support"))
    return person


@pytest.fixture
def mark(coach, clock):
    """The second one: the coach is hidden for seven days."""
    missed(coach, 0)
    made = missed(coach, 1)
    clock.travel_to(made.made_at + DAY)
    return made


class TestPages:
    def test_a_coach_without_marks_reads_so(self, client, coach):
        client.force_login(coach)
        assert "No marks" in client.get("/marks/").text

    def test_a_coach_reads_what_happened_and_until_when(self, client, coach, mark):
        client.force_login(coach)
        page = client.get("/marks/").text
        assert "Your profile is hidden until" in page
        assert page.count(reverse("mark", args=[mark.pk])) == 1
        assert "Hidden for 7 days" in client.get(f"/marks/{mark.pk}/").text

    def test_a_coach_asks_for_an_excuse_and_then_appeals(self, client, coach, mark, support, clock):
        client.force_login(coach)
        address = f"/marks/{mark.pk}/"
        assert client.post(address, {"text": WORDS}).headers["Location"] == address
        assert 'name="text"' not in client.get(address).text
        operations.keep_mark(mark, decision="You could have written.", by=support, now=clock.now())
        page = client.get(address).text
        assert "You could have written." in page
        assert "Appeal" in page
        client.post(address, {"text": WORDS})
        mark.refresh_from_db()
        assert (mark.state, mark.appeal) == ("appealed", WORDS)

    def test_a_refusal_is_said_on_the_page(self, client, coach, mark, clock):
        clock.advance(days=7)
        client.force_login(coach)
        assert "within 7 days" in client.post(f"/marks/{mark.pk}/", {"text": WORDS}).text

    def test_nobody_else_finds_it(self, client, mark):
        client.force_login(CoachFactory())
        assert client.get(f"/marks/{mark.pk}/").status_code == 404
        assert "No marks" in client.get("/marks/").text

    @pytest.mark.parametrize("count", [1, 20])
    def test_the_list_takes_as_many_queries_for_one_as_for_twenty(
        self, client, coach, count, django_assert_max_num_queries
    ):
        for number in range(count):
            missed(coach, number)
        client.force_login(coach)
        client.get("/marks/")
        with django_assert_max_num_queries(14):
            client.get("/marks/")


class TestApi:
    def test_a_coach_lists_excuses_and_appeals(self, client, coach, mark, support, clock):
        client.force_login(coach)
        first = client.get("/api/v1/marks/").json()["results"][0]
        assert (first["id"], first["led_to"], first["is_running"], first["can_be_excused"]) == (
            mark.pk, "hidden_7", True, True,
        )  # fmt: skip
        said = client.post(f"/api/v1/marks/{mark.pk}/excuse/", {"text": WORDS}, content_type="application/json")
        assert said.json()["status"] == "excuse_asked"
        again = client.post(f"/api/v1/marks/{mark.pk}/excuse/", {"text": WORDS}, content_type="application/json")
        assert (again.status_code, again.json()["code"]) == (409, "not_excusable")
        operations.keep_mark(mark, decision="No.", by=support, now=clock.now())
        said = client.post(f"/api/v1/marks/{mark.pk}/appeal/", {"text": WORDS}, content_type="application/json")
        assert said.json()["status"] == "appealed"

    def test_nobody_else_s(self, client, mark):
        client.force_login(CoachFactory())
        assert client.get("/api/v1/marks/").json()["results"] == []
        assert client.get(f"/api/v1/marks/{mark.pk}/").status_code == 404


class TestHidden:
    def test_a_hidden_coach_is_not_found_but_read_by_whom_they_teach(self, client, coach, mark):
        assert is_hidden(coach)
        page = f"/coaches/{coach.pk}/"
        assert client.get(page).status_code == 404
        assert coach.name not in client.get("/coaches/").text
        assert str(coach.pk) not in client.get("/sitemap-coaches.xml").text
        student = StudentFactory()
        client.force_login(student)
        assert client.get(page).status_code == 404
        Relation.objects.create(student=student, coach=coach, since=TEN)
        assert client.get(page).status_code == 200
        client.force_login(coach)
        assert client.get(page).status_code == 200


class TestAdmin:
    def action(self, row, name, app="contracts"):
        return reverse(f"admin:{app}_{row._meta.model_name}_actions", args=[row.pk, name])

    @pytest.mark.parametrize(("name", "state"), [("excuse", "excused"), ("keep", "kept"), ("lift", "lifted")])
    def test_support_decides_an_excuse(self, client, mark, coach, support, clock, name, state):
        operations.ask_excuse(mark, text=WORDS, by=coach, now=clock.now())
        client.force_login(support)
        page = client.get(reverse("admin:contracts_mark_change", args=[mark.pk])).text
        assert WORDS in page
        assert f"actions/{name}" in page
        assert "required" in client.post(self.action(mark, name), {}).text
        assert client.post(self.action(mark, name), {"decision": "We looked at it."}).status_code == 302
        mark.refresh_from_db()
        assert (mark.state, mark.decided_by) == (state, support)

    def test_support_shows_a_coach_again(self, client, mark, coach, support):
        client.force_login(support)
        assert "The mark stands" in client.get(self.action(mark, "end_sanction")).text
        client.post(self.action(mark, "end_sanction"), {"confirm": "1"})
        assert not is_hidden(coach)
        assert Mark.objects.get(pk=mark.pk).state == "stands"

    def test_the_first_page_says_what_waits(self, client, mark, coach, support, clock):
        operations.ask_excuse(mark, text=WORDS, by=coach, now=clock.now())
        client.force_login(support)
        page = client.get("/admin/").text
        assert "1 coach waits for an answer about a mark" in page
        assert "unclear" not in page

    def test_finance_reads_no_marks(self, client, mark):
        person = UserFactory(is_staff=True)
        person.groups.add(Group.objects.get(name="finance"))
        client.force_login(person)
        assert client.get(reverse("admin:contracts_mark_changelist")).status_code == 403
        assert client.post(self.action(mark, "lift"), {"decision": "Yes."}).status_code == 403

    def test_support_solves_a_problem_with_the_evidence_before_them(self, client, support, standin, clock):
        session = held_session(active(standin), clock)
        said = {"kind": "late", "text": "We began late."}
        problem = report_problem(session, by=student_of(session), now=clock.now(), **said)
        client.force_login(support)
        page = client.get(reverse("admin:scheduling_problem_change", args=[problem.pk])).text
        for words in ("We began late.", "(+0:00)", "held until done", "actions/solve"):
            assert words in page
        page = client.get(reverse("admin:scheduling_session_change", args=[session.pk])).text
        for words in ("We began late.", "(+0:00)", "held until done", "problem_reported", "took place. Please confirm"):
            assert words in page
        address = self.action(problem, "solve", "scheduling")
        assert "choose" not in client.get(address).text
        answer = client.post(address, {"verdict": "refund", "decision": "You get it back."})
        assert answer.status_code == 302
        assert Problem.objects.get().decision == "You get it back."
        assert client.post(address, {"verdict": "refund", "decision": "Twice."}).status_code == 200

    @pytest.mark.parametrize("address", ["contracts_mark", "scheduling_problem"])
    def test_lists_open_and_are_searched(self, client, support, mark, coach, address):
        session = SessionFactory(starts_at=the_clock.now() - HOUR)
        report_problem(session, by=session.coach, now=the_clock.now(), kind="late", text="Late.")
        client.force_login(support)
        assert client.get(reverse(f"admin:{address}_changelist"), {"q": coach.name}).status_code == 200
