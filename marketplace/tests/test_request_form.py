from datetime import date

import pytest

from accounts.models import StudentProfile
from accounts.tests.factories import SkillFactory
from core.models import Event
from marketplace.models import LearningRequest
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory
from marketplace.tests.pages import errors_of, text_of

pytestmark = pytest.mark.django_db

WORDS = {
    "title": "Spanish for a move to Valencia",
    "description": "I move to Valencia in spring and want to hold everyday conversations by then.",
    "level": "beginner",
    "sessions_needed": "4",
    "budget": "400",
    "currency": "usd",
    "time_zone": "Europe/Dublin",
}


def post(client, path="/requests/new/", **fields):
    return client.post(path, WORDS | {"skills": [SkillFactory(name="Spanish").slug]} | fields)


class TestPosting:
    def test_a_student_posts_with_questions_hours_and_languages(self, client, student):
        more = {"preferred_hours": ["42", "18"], "languages": ["en", "de"], "question_2": "Why?", "question_5": "When?"}
        response = post(client, **more)
        request = LearningRequest.objects.get()
        assert response.url == request.get_absolute_url()
        assert (request.student, request.state) == (student, "open")
        assert (request.budget_cents, request.currency) == (40000, "usd")
        assert (request.preferred_hours, request.languages) == ([18, 42], ["de", "en"])
        assert [question.text for question in request.screening_questions.all()] == ["Why?", "When?"]
        page = text_of(client, response.url)
        for said in ("Posted.", "18:00–19:00", "German, English", "$400.00"):
            assert said in page

    def test_who_has_not_said_their_age_is_led_there_and_back_before_they_write(self, client, student):
        StudentProfile.objects.filter(user=student).update(born_on=None)
        draft = LearningRequestFactory(student=student, state="draft")
        for path in ("/requests/new/", f"/requests/{draft.pk}/edit/", f"/requests/{draft.pk}/"):
            assert f'href="/onboarding/student/?next={path}"' in client.get(path).content.decode()
        StudentProfile.objects.filter(user=student).update(born_on=date(1990, 4, 12))
        assert "/onboarding/student/" not in client.get("/requests/new/").content.decode()

    def test_what_was_written_before_the_age_was_known_waits_as_a_draft(self, client, student):
        StudentProfile.objects.filter(user=student).update(born_on=None)
        response = post(client)
        draft = LearningRequest.objects.get()
        assert (draft.state, draft.title) == ("draft", WORDS["title"])
        assert response.url == f"/onboarding/student/?next=/requests/{draft.pk}/"
        assert "Your request is kept as a draft." in text_of(client, response.url)
        assert post(client, f"/requests/{draft.pk}/edit/", title="Spanish for two").url == response.url
        draft.refresh_from_db()
        assert (draft.state, draft.title) == ("draft", "Spanish for two")

    def test_the_zone_and_the_languages_of_the_student_are_proposed(self, client, student):
        student.student_profile.languages = [{"code": "ga", "level": "native"}]
        student.student_profile.save()
        page = text_of(client, "/requests/new/")
        assert '<option value="Europe/Dublin" selected>' in page
        assert 'value="ga" id="id_languages_ga" checked' in page

    def test_a_coach_becomes_a_student_first(self, client, coach):
        assert client.get("/requests/new/").url.startswith("/profile/become/student/")

    @pytest.mark.parametrize(
        ("field", "value", "error"),
        [
            ("title", "Too short", "Write at least 10 characters."),
            ("title", " \t  ", "This field is required."),
            ("title", "x" * 81, "Ensure this value has at most 80 characters (it has 81)."),
            ("description", "Short", "Write at least 50 characters."),
            ("description", "\n" * 60, "This field is required."),
            ("budget", "10.005", "USD has at most 2 decimals."),
            ("budget", "0", "Give an amount above zero."),
            ("sessions_needed", "101", "Ensure this value is less than or equal to 100."),
            ("currency", "xxx", "Select a valid choice. xxx is not one of the available choices."),
            ("time_zone", "Mars", "Select a valid choice. Mars is not one of the available choices."),
            ("timeframe", "x" * 121, "Ensure this value has at most 120 characters (it has 121)."),
            ("languages", ["xx"], "Choose languages of the list."),
            ("languages", ["en", "de", "es", "fr", "it", "pt", "nl"], "Choose at most 6 languages."),
            ("preferred_hours", ["168"], "Select a valid choice. 168 is not one of the available choices."),
            ("question_1", "x" * 251, "Ensure this value has at most 250 characters (it has 251)."),
            ("skills", [], "This field is required."),
            ("skills", ["unheard-of"], "This is not in our list of skills: unheard-of."),
        ],
    )
    def test_each_wrong_value_is_named_and_the_rest_is_kept(self, client, student, field, value, error):
        fields = {"question_3": "Kept question?", "timeframe": "Kept timeframe"} | {field: value}
        response = post(client, **fields)
        assert errors_of(response) == {field: [error]}
        page = response.content.decode()
        assert "Kept question?" in page
        assert field == "timeframe" or "Kept timeframe" in page
        assert not LearningRequest.objects.exists()

    @pytest.mark.parametrize("sent_as", [{}, {"draft": "1"}])
    def test_a_question_asked_twice_is_named_where_it_stands_again(self, client, student, sent_as):
        response = post(client, question_1="When?", question_2="Why now?", question_4="WHY  now?", **sent_as)
        assert errors_of(response) == {"question_4": ["You ask this already. Ask each question once."]}
        assert not LearningRequest.objects.exists()


class TestDrafts:
    def test_a_draft_is_saved_incomplete_resumed_and_posted(self, client, student):
        saved = client.post("/requests/new/", {"draft": "1", "title": "Spa", "question_1": "Why?"})
        draft = LearningRequest.objects.get()
        assert (saved.url, draft.state, draft.title) == (draft.get_absolute_url(), "draft", "Spa")
        page = text_of(client, saved.url)
        for said in ("Only you see it", "Write at least 10 characters.", "Choose at least one skill.", "Go on writing"):
            assert said in page
        path = f"/requests/{draft.pk}/edit/"
        page = text_of(client, path)
        assert 'value="Spa"' in page
        assert 'value="Why?"' in page
        assert "Save as draft" in page
        assert errors_of(post(client, path, title="Spa")) == {"title": ["Write at least 10 characters."]}
        assert post(client, path, draft="1").url == saved.url
        assert post(client, path).url == saved.url
        draft.refresh_from_db()
        assert (draft.state, draft.title) == ("open", WORDS["title"])
        assert LearningRequest.objects.count() == 1

    def test_an_empty_draft_has_a_name_of_its_own(self, client, student):
        client.post("/requests/new/", {"draft": "1"})
        assert "Untitled draft" in text_of(client, "/requests/")

    def test_not_even_a_draft_is_saved_with_what_cannot_be(self, client, student):
        response = client.post("/requests/new/", {"draft": "1", "title": "x" * 81, "budget": "0", "currency": "usd"})
        assert set(errors_of(response)) == {"title", "budget"}
        assert not LearningRequest.objects.exists()

    def test_a_whole_draft_is_posted_by_one_click_and_once(self, client, student):
        draft = LearningRequestFactory(student=student, state="draft", posted_at=None, expires_at=None)
        path = f"/requests/{draft.pk}/"
        assert "Post request" in text_of(client, path)
        assert client.get(path + "post/").status_code == 405
        for _twice in range(2):
            client.post(path + "post/")
        draft.refresh_from_db()
        assert draft.state == "open"
        assert Event.objects.filter(name="request_posted").count() == 1

    def test_a_draft_is_thrown_away_after_a_question(self, client, student):
        draft = LearningRequestFactory(student=student, state="draft")
        path = f"/requests/{draft.pk}/discard/"
        assert "Throw this draft away?" in text_of(client, path)
        assert client.post(path).url == "/requests/"
        assert not LearningRequest.objects.exists()

    def test_nobody_else_finds_a_draft(self, client, coach):
        draft = LearningRequestFactory(state="draft")
        for part in ("", "edit/", "discard/", "propose/"):
            assert client.get(f"/requests/{draft.pk}/{part}").status_code == 404
        for part in ("edit", "discard", "post", "save"):
            assert client.post(f"/requests/{draft.pk}/{part}/").status_code == 404
        assert "Spanish for a move" not in text_of(client, "/requests/")


class TestEditing:
    def test_the_student_changes_it(self, client, student):
        request = LearningRequestFactory(student=student, questions=["Old?"], preferred_hours=[18], languages=["en"])
        path = f"/requests/{request.pk}/edit/"
        page = text_of(client, path)
        assert 'value="Old?"' in page
        assert 'value="400.00"' in page
        assert 'id="id_skills_spanish" checked' in page
        assert "Save as draft" not in page
        assert post(client, path, title="Spanish by springtime", question_1="New?", budget="").url
        request.refresh_from_db()
        assert (request.title, request.budget_cents, request.state) == ("Spanish by springtime", None, "open")
        assert (request.preferred_hours, request.languages) == ([], [])
        assert request.screening_questions.get().text == "New?"

    def test_what_is_posted_never_becomes_a_draft_again(self, client, student):
        request = LearningRequestFactory(student=student)
        response = client.post(f"/requests/{request.pk}/edit/", {"draft": "1", "title": ""})
        assert errors_of(response)["title"] == ["This field is required."]
        request.refresh_from_db()
        assert (request.state, request.title) == ("open", "Spanish for a move to Valencia")

    def test_a_refusal_is_shown_on_the_form_and_nothing_is_lost(self, client, student):
        request = ProposalFactory(request__student=student, request__questions=["Old?"]).request
        response = post(client, f"/requests/{request.pk}/edit/", question_1="New?")
        assert "Coaches have answered these questions already" in response.content.decode()
        assert 'value="New?"' in response.content.decode()

    def test_nobody_else_finds_the_form(self, client, coach):
        request = LearningRequestFactory()
        for part in ("edit", "close", "discard"):
            assert client.get(f"/requests/{request.pk}/{part}/").status_code == 404
        for part in ("close", "pause", "reopen", "discard", "post"):
            assert client.post(f"/requests/{request.pk}/{part}/").status_code == 404
        request.refresh_from_db()
        assert request.state == "open"
