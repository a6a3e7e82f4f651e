import pytest

from accounts.tests.factories import CoachFactory, SkillFactory, StudentFactory, UserFactory
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


@pytest.mark.parametrize("path", ["/requests/", "/requests/new/", "/requests/1/", "/proposals/", "/proposals/1/"])
def test_everything_asks_for_a_login(client, path):
    assert client.get(path).url == f"/accounts/login/?next={path}"


class TestOwnRequests:
    def test_a_student_sees_their_own_with_the_number_of_proposals(self, client, student):
        own = LearningRequestFactory(student=student, title="My own request")
        ProposalFactory.create_batch(2, request=own)
        ProposalFactory(request=own, state="withdrawn")
        LearningRequestFactory(title="Somebody else's")
        page = text_of(client, "/requests/")
        assert "My own request" in page
        assert "2 proposals to answer" in page
        assert "Somebody else" not in page

    def test_the_number_of_queries_does_not_grow(self, client, student, django_assert_num_queries):
        LearningRequestFactory(student=student)
        with django_assert_num_queries(4):
            client.get("/requests/")
        for _number in range(19):
            ProposalFactory(request=LearningRequestFactory(student=student))
        with django_assert_num_queries(4):
            assert len(client.get("/requests/").context["page"].rows) == 20


class TestFindWork:
    def titles(self, client, **query):
        return [request.title for request in client.get("/requests/", query).context["page"].rows]

    @pytest.fixture
    def crowd(self, coach):
        guitar = SkillFactory(name="Jazz guitar")
        words = "My own words about what I want to learn, long enough for a request."
        LearningRequestFactory(title="Spanish for a move", budget_cents=40000, description=words + " Valencia")
        LearningRequestFactory(
            title="Comping on stage",
            skills=[guitar],
            level="advanced",
            budget_cents=30000,
            currency="jpy",
            description=words,
        )
        LearningRequestFactory(title="No longer open", state="paused")
        LearningRequestFactory(title="My own wish", student=coach)

    @pytest.mark.parametrize(
        ("query", "titles"),
        [
            ({}, ["Comping on stage", "Spanish for a move"]),
            ({"q": "valencia"}, ["Spanish for a move"]),
            ({"q": "guitar"}, ["Comping on stage"]),
            ({"skill": "spanish"}, ["Spanish for a move"]),
            ({"level": "advanced"}, ["Comping on stage"]),
            ({"budget_min": "400"}, ["Comping on stage", "Spanish for a move"]),
            ({"budget_min": "400.01"}, ["Comping on stage"]),
            ({"budget_min": "lots", "level": "expert"}, ["Comping on stage", "Spanish for a move"]),
        ],
    )
    def test_filters_narrow_the_list(self, client, crowd, query, titles):
        assert self.titles(client, **query) == titles

    def test_what_is_past_its_day_is_not_offered(self, client, coach, clock):
        LearningRequestFactory()
        clock.advance(days=61)
        client.force_login(coach)
        assert self.titles(client) == []

    def test_one_sees_where_one_has_proposed_and_no_surname(self, client, coach):
        request = LearningRequestFactory(student=StudentFactory(name="Aoife Byrne"))
        ProposalFactory(request=request, coach=coach)
        page = text_of(client, "/requests/")
        assert "You sent a proposal" in page
        assert "Aoife" in page
        assert "Byrne" not in page

    def test_before_approval_a_coach_sees_no_request(self, client):
        LearningRequestFactory(title="A secret wish")
        client.force_login(CoachFactory(profile__state="submitted"))
        page = text_of(client, "/requests/")
        assert "Your coach profile comes first" in page
        assert "A secret wish" not in page

    def test_the_number_of_queries_does_not_grow(self, client, coach, django_assert_num_queries):
        LearningRequestFactory()
        with django_assert_num_queries(7):
            client.get("/requests/")
        for number in range(19):
            LearningRequestFactory(skills=[SkillFactory(name=f"Skill of {number}")])
        with django_assert_num_queries(7):
            assert len(self.titles(client)) == 20


class TestRequestForm:
    def post(self, client, path="/requests/new/", **fields):
        return client.post(path, WORDS | {"skills": [SkillFactory().pk]} | fields)

    def test_a_student_posts_with_questions(self, client, student):
        response = self.post(client, question_2="Why?", question_5="When?")
        request = LearningRequest.objects.get()
        assert response.url == request.get_absolute_url()
        assert (request.student, request.budget_cents, request.currency) == (student, 40000, "usd")
        assert [question.text for question in request.screening_questions.all()] == ["Why?", "When?"]

    def test_the_zone_of_the_student_is_proposed(self, client, student):
        assert '<option value="Europe/Dublin" selected>' in text_of(client, "/requests/new/")

    def test_a_coach_becomes_a_student_first(self, client, coach):
        assert client.get("/requests/new/").url == "/profile/become/student/"

    @pytest.mark.parametrize(
        ("field", "value", "error"),
        [
            ("title", "Too short", "Ensure this value has at least 10 characters (it has 9)."),
            ("title", "x" * 81, "Ensure this value has at most 80 characters (it has 81)."),
            ("description", "Short", "Ensure this value has at least 50 characters (it has 5)."),
            ("budget", "10.005", "USD has at most 2 decimals."),
            ("budget", "0", "Give an amount above zero."),
            ("sessions_needed", "101", "Ensure this value is less than or equal to 100."),
            ("currency", "xxx", "Select a valid choice. xxx is not one of the available choices."),
            ("time_zone", "Mars", "Select a valid choice. Mars is not one of the available choices."),
            ("question_1", "x" * 251, "Ensure this value has at most 250 characters (it has 251)."),
            ("skills", "", "This field is required."),
        ],
    )
    def test_each_wrong_value_is_named_and_the_rest_is_kept(self, client, student, field, value, error):
        fields = {"question_3": "Kept question?", "timeframe": "Kept timeframe"} | {field: value}
        if field == "skills":
            fields["skills"] = []
        response = self.post(client, **fields)
        assert errors_of(response) == {field: [error]}
        page = response.content.decode()
        assert "Kept question?" in page
        assert "Kept timeframe" in page
        assert not LearningRequest.objects.exists()

    def test_the_student_changes_it(self, client, student):
        request = LearningRequestFactory(student=student, questions=["Old?"])
        path = f"/requests/{request.pk}/edit/"
        page = text_of(client, path)
        assert 'value="Old?"' in page
        assert 'value="400.00"' in page
        assert self.post(client, path, title="Spanish by springtime", question_1="New?", budget="").url
        request.refresh_from_db()
        assert (request.title, request.budget_cents) == ("Spanish by springtime", None)
        assert request.screening_questions.get().text == "New?"

    def test_a_refusal_is_shown_on_the_form_and_nothing_is_lost(self, client, student):
        request = ProposalFactory(request__student=student, request__questions=["Old?"]).request
        response = self.post(client, f"/requests/{request.pk}/edit/", question_1="New?")
        assert "Coaches have answered these questions already" in response.content.decode()
        assert 'value="New?"' in response.content.decode()

    def test_nobody_else_finds_the_form(self, client, coach):
        request = LearningRequestFactory()
        for part in ("edit", "close"):
            assert client.get(f"/requests/{request.pk}/{part}/").status_code == 404
        for part in ("close", "pause", "reopen"):
            assert client.post(f"/requests/{request.pk}/{part}/").status_code == 404
        request.refresh_from_db()
        assert request.state == "open"


class TestRequest:
    def test_the_student_pauses_opens_and_closes(self, client, student):
        request = LearningRequestFactory(student=student)
        path = f"/requests/{request.pk}/"
        for part, state in [("pause", "paused"), ("reopen", "open"), ("close", "closed"), ("reopen", "open")]:
            assert client.get(path + f"{part}/").status_code == (200 if part == "close" else 405)
            assert client.post(path + f"{part}/").url == path
            request.refresh_from_db()
            assert request.state == state

    def test_a_refusal_becomes_a_message(self, client, student):
        request = LearningRequestFactory(student=student, state="closed")
        path = f"/requests/{request.pk}/"
        response = client.post(path + "pause/", headers={"referer": f"http://testserver{path}"}, follow=True)
        assert "Only an open request can be paused." in response.content.decode()

    def test_closing_says_first_who_is_declined(self, client, student):
        request = ProposalFactory(request__student=student).request
        assert "1 open proposal is declined" in text_of(client, f"/requests/{request.pk}/close/")

    def test_the_student_reads_the_proposals_with_their_totals(self, client, student, django_assert_num_queries):
        request = LearningRequestFactory(student=student)
        ProposalFactory(request=request, payment_model="per_hour", rate_cents=6000, session_minutes=45)
        path = f"/requests/{request.pk}/"
        with django_assert_num_queries(7):
            page = text_of(client, path)
        assert "4 sessions of 45 min" in page
        assert "$60.00 per hour" in page
        assert "$180.00" in page
        ProposalFactory.create_batch(19, request=request)
        with django_assert_num_queries(7):
            assert len(client.get(path).context["page"].rows) == 20

    def test_a_coach_sees_the_request_but_not_the_proposals_of_others(self, client, coach):
        request = LearningRequestFactory(questions=["Why?"])
        other = ProposalFactory(request=request)
        page = text_of(client, f"/requests/{request.pk}/")
        assert "Why?" in page
        assert "Send a proposal" in page
        assert other.coach.name not in page

    def test_who_has_nothing_to_do_with_it_does_not_find_it(self, client):
        request = LearningRequestFactory()
        for somebody in (StudentFactory(), CoachFactory(profile__state="draft"), UserFactory(is_coach=True)):
            client.force_login(somebody)
            assert client.get(f"/requests/{request.pk}/").status_code == 404
            assert client.get(f"/requests/{request.pk}/propose/").status_code == 404

    @pytest.mark.parametrize("state", ["paused", "closed", "matched", "expired"])
    def test_what_is_not_open_is_found_only_by_who_proposed(self, client, coach, state):
        request = LearningRequestFactory(state=state)
        assert client.get(f"/requests/{request.pk}/").status_code == 404
        ProposalFactory(request=request, coach=coach, state="declined")
        assert "Declined" in text_of(client, f"/requests/{request.pk}/")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/post-request", "/requests/new/"),
        ("/edit-job/7", "/requests/7/edit/"),
        ("/submit-proposal/7", "/requests/7/propose/"),
        ("/accept-proposal/7", "/proposals/7/"),
    ],
)
def test_old_addresses_lead_to_the_new_ones(client, old, new):
    assert client.get(old).url == new
