import pytest

from accounts.tests.factories import CoachFactory, SkillFactory, StudentFactory
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory
from marketplace.tests.pages import text_of

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
