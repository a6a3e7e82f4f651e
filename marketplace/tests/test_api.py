from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from accounts.models import SkillSynonym
from accounts.tests.factories import CoachFactory, SkillFactory, StudentFactory
from marketplace.models import LearningRequest
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
    "languages": ["en"],
    "preferred_times": [
        {"weekday": 0, "starts": "18:00", "ends": "21:00"},
        {"weekday": 6, "starts": "22:00", "ends": "24:00"},
    ],
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
        moments = [answer.pop(name) for name in ("created_at", "posted_at", "expires_at")]
        assert {moment[-1] for moment in moments} == {"Z"}
        assert request.expires_at - request.created_at == timedelta(days=60)
        assert answer == WORDS | {
            "id": request.pk,
            "state": "open",
            "student": {"id": student.pk, "name": "Aoife"},
            "skills": [{"name": "Spanish", "slug": "spanish"}],
            "close_reason": "",
            "screening_questions": [{"id": question.pk, "text": "Why?"}],
        }

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"title": "Short"}, "title"),
            ({"title": " " * 20}, "title"),
            ({"title": "x" * 81}, "title"),
            ({"description": "x" * 5001}, "description"),
            ({"description": "Short"}, "description"),
            ({"skill_tags": []}, "skill_tags"),
            ({"skill_tags": ["unheard-of"]}, "skill_tags"),
            ({"skill_tags": "spanish"}, "skill_tags"),
            ({"languages": ["xx"]}, "languages"),
            ({"preferred_times": "evenings"}, "preferred_times"),
            ({"preferred_times": [{"weekday": 7, "starts": "18:00", "ends": "19:00"}]}, "preferred_times"),
            ({"preferred_times": [{"weekday": 0, "starts": "18:30", "ends": "19:00"}]}, "preferred_times"),
            ({"preferred_times": [{"weekday": 0, "starts": "19:00", "ends": "18:00"}]}, "preferred_times"),
            ({"preferred_times": [{"weekday": 0, "starts": "19:00"}]}, "preferred_times"),
            ({"timeframe": "x" * 121}, "timeframe"),
            ({"budget": {"amount_cents": 0, "currency": "eur"}}, "budget"),
            ({"budget": {"amount_cents": -1, "currency": "eur"}}, "budget"),
            ({"budget": {"amount_cents": 1.5, "currency": "eur"}}, "budget"),
            ({"budget": {"amount_cents": 100}}, "budget"),
            ({"sessions_needed": 0}, "sessions_needed"),
            ({"sessions_needed": 10**30}, "sessions_needed"),
            ({"timezone": "Mars"}, "timezone"),
            ({"screening_questions": ["?"] * 6}, "screening_questions"),
            ({"screening_questions": ["x" * 251]}, "screening_questions"),
            ({"screening_questions": "Why?"}, "screening_questions"),
            ({"screening_questions": ["Why?", "why?"]}, "screening_questions"),
            ({"level": "expert"}, "level"),
        ],
    )
    def test_wrong_values_are_named(self, student, change, field):
        response = post(student, "requests/", WORDS | change)
        assert (response.status_code, list(response.json()["fields"])) == (400, [field])

    def test_a_skill_goes_by_any_word_that_means_it_and_windows_end_the_day_at_midnight(self, student):
        SkillSynonym.objects.create(skill=SkillFactory(name="Spanish"), word="hispano")
        times = [{"weekday": 6, "starts": "23:00", "ends": "00:00"}, {"weekday": 6, "starts": "21:00", "ends": "23:00"}]
        answer = post(student, "requests/", WORDS | {"skill_tags": ["Hispano"], "preferred_times": times}).json()
        assert answer["skill_tags"] == ["spanish"]
        assert answer["preferred_times"] == [{"weekday": 6, "starts": "21:00", "ends": "24:00"}]
        assert LearningRequest.objects.get().preferred_hours == [165, 166, 167]

    def test_skills_are_taken_for_skill_tags_as_words_and_as_they_are_answered(self, student):
        SkillFactory(name="Spanish")
        answer = post(student, "requests/", {"draft": True, "skills": ["Spanish"]}).json()
        assert answer["skill_tags"] == ["spanish"]
        path = f"/api/v1/requests/{answer['id']}/"
        kept = client_of(student).patch(path, {"skills": answer["skills"], "timeframe": "soon"}, format="json").json()
        assert (kept["skill_tags"], kept["timeframe"]) == (["spanish"], "soon")
        for wrong in ("spanish", [None], [{}], [["spanish"]], {"slug": "spanish"}, ["dowsing"]):
            refused = post(student, "requests/", {"draft": True, "skills": wrong})
            assert (refused.status_code, list(refused.json()["fields"])) == (400, ["skill_tags"]), wrong

    def test_an_unknown_skill_is_named(self, student):
        answer = post(student, "requests/", WORDS | {"skill_tags": ["spanish", "dowsing"]}).json()
        assert answer["fields"] == {"skill_tags": ["Not in our list of skills: dowsing."]}

    def test_all_that_is_wrong_is_told_at_once(self, student):
        answer = post(student, "requests/", {"title": "Short", "description": "Short"}).json()
        assert list(answer["fields"]) == ["title", "description", "skill_tags"]

    def test_a_draft_is_kept_incomplete_changed_and_posted(self, student):
        answer = post(student, "requests/", {"draft": True, "title": "Spa"})
        assert (answer.status_code, answer.json()["state"], answer.json()["posted_at"]) == (201, "draft", None)
        path = f"requests/{answer.json()['id']}/"
        refused = post(student, path + "post/")
        assert (refused.status_code, refused.json()["code"]) == (409, "title_too_short")
        client = client_of(student)
        assert client.patch(f"/api/v1/{path}", {"timeframe": "soon"}, format="json").json()["state"] == "draft"
        assert client.patch(f"/api/v1/{path}", WORDS, format="json").json()["timeframe"] == ""
        assert post(student, path + "post/").json()["state"] == "open"
        assert post(student, path + "post/").json()["code"] == "already_posted"
        assert client_of(CoachFactory()).get(f"/api/v1/{path}").status_code == 200

    def test_a_draft_is_nobody_else_s_and_is_deleted_for_good(self, student):
        draft = LearningRequestFactory(student=student, state="draft")
        assert client_of(CoachFactory()).get(f"/api/v1/requests/{draft.pk}/").status_code == 404
        assert client_of(student).delete(f"/api/v1/requests/{draft.pk}/").status_code == 204
        assert not LearningRequest.objects.exists()

    def test_the_same_key_posts_one_request(self, student):
        first = post(student, "requests/", WORDS, **{"Idempotency-Key": "one"})
        assert post(student, "requests/", WORDS, **{"Idempotency-Key": "one"}).json() == first.json()
        assert LearningRequest.objects.count() == 1

    def test_why_staff_closed_is_told_to_the_student_only(self, student):
        request = LearningRequestFactory(student=student, state="closed", close_reason="It asks for homework.")
        coach = ProposalFactory(request=request).coach
        told = [client_of(each).get(f"/api/v1/requests/{request.pk}/").json() for each in (student, coach)]
        assert [answer["close_reason"] for answer in told] == ["It asks for homework.", ""]

    def test_a_student_sees_coaches_that_fit(self, student, coach):
        request = LearningRequestFactory(student=student, languages=["es"])
        path = f"/api/v1/requests/{request.pk}/fitting-coaches/"
        [found] = client_of(student).get(path).json()
        assert (found["coach"]["id"], found["coach"]["name"]) == (coach.pk, "Lucía Fernández")
        fit = {"skills": ["Spanish"], "free_percent": None, "speaks": True, "is_affordable": True}
        assert found["fit"] == fit
        assert client_of(coach).get(path).status_code == 404

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

    def test_a_refusal_names_the_field_as_clients_know_it(self, student):
        request = LearningRequestFactory(student=student, questions=["Why?"])
        ProposalFactory(request=request)
        path, change = f"/api/v1/requests/{request.pk}/", {"screening_questions": ["New?"]}
        refused = client_of(student).patch(path, change, format="json")
        sentence = "Coaches have answered these questions already, so they stay as they are."
        assert (refused.status_code, refused.json()) == (
            409,
            {"code": "questions_answered", "detail": sentence, "fields": {"screening_questions": [sentence]}},
        )

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

    @pytest.mark.parametrize("field", ["mine", "fits"])
    def test_a_yes_or_no_that_is_neither_is_an_error(self, coach, field):
        path = "/api/v1/requests/"
        answer = client_of(coach).get(path, {field: "x"})
        said = {"code": "invalid", "detail": "Say true or false.", "fields": {field: ["Say true or false."]}}
        assert (answer.status_code, answer.json()) == (400, said)
        for word in ("true", "False", "1", "0", "on", ""):
            assert client_of(coach).get(path, {field: word}).status_code == 200

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
