from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from accounts.tests.factories import CoachFactory, SkillFactory, StudentFactory
from marketplace.models import LearningRequest, Proposal
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory

pytestmark = pytest.mark.django_db

WORDS = {
    "title": "Spanish for a move to Valencia",
    "description": "I move to Valencia in spring and want to hold everyday conversations by then.",
    "skill_tags": ["spanish"],
    "level": "beginner",
    "budget": {"amount_cents": 40000, "currency": "eur"},
    "sessions_needed": 4,
    "timeframe": "",
    "preferred_times": "evenings",
    "timezone": "Europe/Dublin",
}
LETTER = "I have taught Spanish to beginners for ten years. " * 3


def client_of(user=None):
    client = APIClient()
    if user:
        client.force_authenticate(user)
    return client


def post(user, path, data=None, **headers):
    return client_of(user).post(f"/api/v1/{path}", data or {}, format="json", headers=headers)


@pytest.fixture
def student():
    SkillFactory(name="Spanish")
    return StudentFactory(name="Aoife Byrne")


@pytest.fixture
def coach():
    return CoachFactory(name="Lucía Fernández")


def test_strangers_are_nobody():
    for path in ("requests/", "requests/1/", "proposals/", "proposals/1/"):
        assert client_of().get(f"/api/v1/{path}").status_code == 401
    for path in ("requests/", "requests/1/close/", "proposals/", "proposals/1/accept/"):
        assert post(None, path).status_code == 401


class TestRequests:
    def test_a_student_posts(self, student):
        response = post(student, "requests/", WORDS | {"screening_questions": ["Why?"]})
        request = LearningRequest.objects.get()
        question = request.screening_questions.get()
        assert response.status_code == 201
        answer = response.json()
        created, expires = answer.pop("created_at"), answer.pop("expires_at")
        assert (created[-1], expires[-1]) == ("Z", "Z")
        assert request.expires_at - request.created_at == timedelta(days=60)
        assert answer == WORDS | {
            "id": request.pk,
            "state": "open",
            "student": {"id": student.pk, "name": "Aoife"},
            "screening_questions": [{"id": question.pk, "text": "Why?"}],
        }

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"title": "Short"}, "title"),
            ({"description": "Short"}, "description"),
            ({"skill_tags": []}, "skill_tags"),
            ({"skill_tags": ["unheard-of"]}, "skill_tags"),
            ({"budget": {"amount_cents": -1, "currency": "eur"}}, "budget"),
            ({"budget": {"amount_cents": 1.5, "currency": "eur"}}, "budget"),
            ({"budget": {"amount_cents": 100}}, "budget"),
            ({"sessions_needed": 0}, "sessions_needed"),
            ({"sessions_needed": 10**30}, "sessions_needed"),
            ({"timezone": "Mars"}, "timezone"),
            ({"screening_questions": ["?"] * 6}, "screening_questions"),
            ({"screening_questions": ["x" * 251]}, "screening_questions"),
            ({"screening_questions": "Why?"}, "screening_questions"),
            ({"level": "expert"}, "level"),
        ],
    )
    def test_wrong_values_are_named(self, student, change, field):
        response = post(student, "requests/", WORDS | change)
        assert (response.status_code, list(response.json()["fields"])) == (400, [field])

    def test_who_does_not_learn_is_refused(self, coach):
        response = post(coach, "requests/", WORDS)
        assert (response.status_code, response.json()["code"]) == (409, "not_a_student")

    def test_a_part_is_changed_and_the_rest_stays(self, student):
        request = LearningRequestFactory(student=student, questions=["Why?"])
        answer = (
            client_of(student).patch(f"/api/v1/requests/{request.pk}/", {"sessions_needed": 6}, format="json").json()
        )
        assert (answer["sessions_needed"], answer["skill_tags"]) == (6, ["spanish"])
        assert answer["budget"] == {"amount_cents": 40000, "currency": "usd"}
        assert [question["text"] for question in answer["screening_questions"]] == ["Why?"]
        bare = client_of(student).patch(f"/api/v1/requests/{request.pk}/", {"budget": None}, format="json").json()
        assert bare["budget"] is None

    def test_the_whole_is_changed(self, student):
        request = LearningRequestFactory(student=student)
        change = WORDS | {"title": "Spanish by springtime", "screening_questions": ["New?"]}
        answer = client_of(student).put(f"/api/v1/requests/{request.pk}/", change, format="json").json()
        assert (answer["title"], answer["screening_questions"][0]["text"]) == ("Spanish by springtime", "New?")

    def test_steps_and_refusals(self, student):
        path = f"requests/{LearningRequestFactory(student=student).pk}/"
        for verb, state in [("pause/", "paused"), ("reopen/", "open"), ("close/", "closed")]:
            assert post(student, path + verb).json()["state"] == state
        refused = post(student, path + "close/")
        assert (refused.status_code, refused.json()["code"]) == (409, "not_open")

    def test_deleting_closes(self, student):
        request = LearningRequestFactory(student=student)
        assert client_of(student).delete(f"/api/v1/requests/{request.pk}/").status_code == 204
        request.refresh_from_db()
        assert request.state == "closed"

    def test_a_coach_who_sees_a_request_may_not_change_it(self, coach):
        path = f"requests/{LearningRequestFactory().pk}/"
        for verb in ("close/", "pause/", "reopen/"):
            assert post(coach, path + verb).status_code == 403
        client = client_of(coach)
        assert client.patch(f"/api/v1/{path}", {"sessions_needed": 6}, format="json").status_code == 403
        assert client.delete(f"/api/v1/{path}").json()["code"] == "permission_denied"

    def test_who_may_not_see_it_does_not_find_it(self, student):
        path = f"requests/{LearningRequestFactory().pk}/"
        for somebody in (student, CoachFactory(profile__state="submitted")):
            assert client_of(somebody).get(f"/api/v1/{path}").status_code == 404
            assert post(somebody, path + "close/").status_code == 404

    def test_the_list_is_filtered_as_on_the_page(self, coach):
        LearningRequestFactory(title="For beginners all the way")
        LearningRequestFactory(title="For the advanced of us", level="advanced")
        LearningRequestFactory(title="My own wish for once", student=coach)

        def titles(**query):
            found = client_of(coach).get("/api/v1/requests/", query).json()["results"]
            return [request["title"] for request in found]

        assert titles(level="advanced") == ["For the advanced of us"]
        assert titles(mine="true") == ["My own wish for once"]
        assert titles(mine="false", level="beginner") == ["For beginners all the way"]
        assert client_of(coach).get("/api/v1/requests/", {"level": "x"}).status_code == 400

    def test_the_list_has_a_constant_number_of_queries(self, coach, django_assert_num_queries):
        LearningRequestFactory(questions=["Why?"])
        with django_assert_num_queries(3):
            client_of(coach).get("/api/v1/requests/")
        LearningRequestFactory.create_batch(19, questions=["Why?"])
        with django_assert_num_queries(3):
            assert len(client_of(coach).get("/api/v1/requests/").json()["results"]) == 20

    def test_a_client_that_has_this_version_is_told_so(self, coach):
        path = f"/api/v1/requests/{LearningRequestFactory().pk}/"
        etag = client_of(coach).get(path).headers["ETag"]
        assert client_of(coach).get(path, headers={"If-None-Match": etag}).status_code == 304


class TestProposals:
    def offer(self, request, **change):
        questions = request.screening_questions.all()
        return {
            "request": request.pk,
            "cover_letter": LETTER,
            "payment_model": "per_hour",
            "rate": {"amount_cents": 6000, "currency": "usd"},
            "session_count": 4,
            "session_minutes": 45,
            "answers": [{"question": question.pk, "text": "Because."} for question in questions],
        } | change

    def test_a_coach_proposes(self, coach):
        request = LearningRequestFactory(questions=["Why?"])
        response = post(coach, "proposals/", self.offer(request))
        assert response.status_code == 201
        answer = response.json()
        total = {"amount_cents": 18000, "currency": "usd"}
        assert answer["coach"] == {"id": coach.pk, "name": "Lucía Fernández"}
        assert answer["rate"] == answer["hourly_rate"] == {"amount_cents": 6000, "currency": "usd"}
        assert answer["expected_total"] == total
        assert answer["payment_schedule"] == [{"due": "upfront", "amount": total}]
        assert answer["answers"] == [{"question": request.screening_questions.get().pk, "text": "Because."}]
        assert (answer["state"], answer["accepted_at"], answer["accepted_terms"]) == ("open", None, False)

    def test_per_session_there_is_no_hourly_rate(self):
        proposal = ProposalFactory()
        assert client_of(proposal.coach).get(f"/api/v1/proposals/{proposal.pk}/").json()["hourly_rate"] is None

    def test_the_same_key_sends_one_proposal_and_gives_the_same_answer(self, coach):
        offer = self.offer(LearningRequestFactory())
        first = post(coach, "proposals/", offer, **{"Idempotency-Key": "one"})
        again = post(coach, "proposals/", offer, **{"Idempotency-Key": "one"})
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        other = post(coach, "proposals/", offer | {"session_count": 5}, **{"Idempotency-Key": "one"})
        assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"cover_letter": "Short"}, "cover_letter"),
            ({"rate": {"amount_cents": 6000, "currency": "eur"}}, "rate"),
            ({"rate": {"amount_cents": 0, "currency": "usd"}}, "rate"),
            ({"rate": 60}, "rate"),
            ({"session_count": 101}, "session_count"),
            ({"session_minutes": 14}, "session_minutes"),
            ({"payment_model": "barter"}, "payment_model"),
            ({"answers": [{"question": "x", "text": ""}]}, "answers"),
            ({"answers": "Yes"}, "answers"),
            ({"request": "x"}, "request"),
            ({"request": 10**30}, "request"),
        ],
    )
    def test_wrong_values_are_named(self, coach, change, field):
        response = post(coach, "proposals/", self.offer(LearningRequestFactory()) | change)
        assert (response.status_code, list(response.json()["fields"])) == (400, [field])

    def test_refusals_have_their_codes(self, coach):
        request = LearningRequestFactory(questions=["Why?"])

        def code(**change):
            response = post(coach, "proposals/", self.offer(request, **change))
            return response.status_code, response.json()["code"]

        assert code(answers=[]) == (409, "answers_missing")
        assert code(rate={"amount_cents": 100, "currency": "usd"}) == (409, "below_minimum")
        post(coach, "proposals/", self.offer(request))
        assert code() == (409, "already_proposed")

    def test_what_one_may_not_see_one_does_not_find(self):
        request = LearningRequestFactory()
        for somebody in (StudentFactory(), CoachFactory(profile__state="submitted")):
            assert post(somebody, "proposals/", self.offer(request)).status_code == 404

    def test_nobody_proposes_on_their_own_request(self):
        both = CoachFactory(is_student=True)
        response = post(both, "proposals/", self.offer(LearningRequestFactory(student=both)))
        assert (response.status_code, response.json()["code"]) == (409, "own_request")

    def test_the_student_accepts_once(self):
        proposal = ProposalFactory()
        student, path = proposal.request.student, f"proposals/{proposal.pk}/accept/"
        answer = post(student, path).json()
        assert (answer["state"], answer["accepted_terms"]) == ("accepted", True)
        again = post(student, path)
        assert (again.status_code, again.json()["code"]) == (409, "already_accepted")

    def test_each_side_has_its_steps(self):
        declined, withdrawn = ProposalFactory(), ProposalFactory()
        assert post(declined.request.student, f"proposals/{declined.pk}/decline/").json()["state"] == "declined"
        assert post(withdrawn.coach, f"proposals/{withdrawn.pk}/withdraw/").json()["state"] == "withdrawn"

    def test_the_other_side_is_forbidden_and_strangers_find_nothing(self):
        proposal = ProposalFactory()
        for verb in ("accept", "decline"):
            assert post(proposal.coach, f"proposals/{proposal.pk}/{verb}/").status_code == 403
        assert post(proposal.request.student, f"proposals/{proposal.pk}/withdraw/").status_code == 403
        for verb in ("accept", "decline", "withdraw"):
            assert post(CoachFactory(), f"proposals/{proposal.pk}/{verb}/").status_code == 404
        assert Proposal.objects.get().state == "open"

    def test_one_lists_what_one_sent_or_received(self, coach):
        own, received = ProposalFactory(coach=coach), ProposalFactory(request__student=coach, state="declined")
        ProposalFactory()

        def ids(**query):
            return [row["id"] for row in client_of(coach).get("/api/v1/proposals/", query).json()["results"]]

        assert ids() == [received.pk, own.pk]
        assert ids(state="open") == [own.pk]
        assert ids(request=received.request_id) == [received.pk]
        assert client_of(coach).get("/api/v1/proposals/", {"request": "x"}).status_code == 400

    def test_the_list_has_a_constant_number_of_queries(self, coach, django_assert_num_queries):
        ProposalFactory(coach=coach)
        with django_assert_num_queries(2):
            client_of(coach).get("/api/v1/proposals/")
        ProposalFactory.create_batch(19, coach=coach)
        with django_assert_num_queries(2):
            assert len(client_of(coach).get("/api/v1/proposals/").json()["results"]) == 20
