"""The wizard of nine steps: each saved by itself, on any device, forwards and backwards, without a row lost or doubled."""

import re

import pytest

from accounts.documents import wanted_document
from accounts.models import CoachProfile
from accounts.operations import change_profile, submit_coach_profile
from accounts.tests.factories import CoachFactory, CoachProfileFactory, StudentFactory, UserFactory

pytestmark = pytest.mark.django_db

SLUGS = ["goal", "skills", "experience", "education", "portfolio", "languages", "headline", "rates", "review"]
JOB = {"title": "Guide", "organisation": "Museum", "from_year": 2011, "to_year": 2019, "text": "Tours."}
STUDIES = {"title": "History", "organisation": "", "from_year": 2005, "to_year": None, "text": ""}
SPOKEN = {"languages_0_code": "es", "languages_0_level": "native"}
INTRODUCED = {"headline": "Spanish for travel", "bio": "We talk."}
RATES = {"country": "ES", "currency": "eur", "hourly_rate": "40.50", "trial_rate": "10", "meeting_url": ""}


def at(slug):
    return f"/onboarding/coach/{slug}/"


def rows_of(section, *rows, stored=0, **buttons):
    """What a browser sends for a list; every row filled in as text."""
    data = {f"{section}-TOTAL_FORMS": len(rows), f"{section}-INITIAL_FORMS": stored}
    for number, row in enumerate(rows):
        data |= {f"{section}-{number}-{name}": "" if value is None else value for name, value in row.items()}
    return data | buttons


def page_of(client, slug, **data):
    response = client.post(at(slug), data) if data else client.get(at(slug))
    assert response.status_code == 200
    return response.content.decode()


def wish_of(user):
    return wanted_document(CoachProfile.objects.get(user=user))


@pytest.fixture
def newcomer(client):
    person = UserFactory(is_coach=True, role="coach")
    client.force_login(person)
    return person


@pytest.fixture
def lucia(client):
    """An approved coach, signed in."""
    coach = CoachFactory()
    client.force_login(coach)
    return coach


class TestTheWay:
    def test_who_does_not_teach_is_asked_first(self, client):
        client.force_login(StudentFactory())
        for path in ("/onboarding/coach/", at("goal"), at("review")):
            assert client.get(path).url == "/profile/become/coach/"
        assert client.post("/onboarding/coach/discard/").url == "/profile/become/coach/"
        assert not CoachProfile.objects.exists()

    def test_it_asks_for_a_login(self, client):
        assert client.get(at("goal")).url == f"/accounts/login/?next={at('goal')}"

    def test_looking_at_any_step_makes_no_profile(self, client, newcomer):
        assert client.get("/onboarding/coach/").url == at("goal")
        for slug in SLUGS:
            page_of(client, slug)
        assert not CoachProfile.objects.exists()

    def test_there_is_no_tenth_step(self, client, newcomer):
        assert client.get(at("salary")).status_code == 404

    def test_nine_steps_from_nothing_to_a_submitted_profile(self, client, newcomer):
        answers = [
            ("goal", {"goal": "Let people talk."}),
            ("skills", {"skills": ["spanish", "chess"]}),
            ("experience", rows_of("experience", JOB)),
            ("education", rows_of("education", STUDIES)),
            ("portfolio", rows_of("portfolio", {"title": "Films", "url": "https://youtu.be/abc", "text": ""})),
            ("languages", SPOKEN),
            ("headline", INTRODUCED),
            ("rates", RATES),
        ]
        for (slug, data), then in zip(answers, SLUGS[1:], strict=True):
            assert client.get("/onboarding/coach/").url == at(slug), "where to go on, from any device"
            assert client.post(at(slug), data).url == at(then)
        assert client.get("/onboarding/coach/").url == at("review")
        assert client.post(at("review")).url == at("review")
        profile = CoachProfile.objects.get(user=newcomer)
        assert (profile.state, profile.hourly_rate_cents, profile.trial_rate_cents) == ("submitted", 4050, 1000)
        assert profile.wanted == {
            "goal": "Let people talk.",
            "skills": ["chess", "spanish"],
            "experience": [JOB],
            "education": [STUDIES],
            "portfolio": [{"title": "Films", "url": "https://youtu.be/abc", "text": ""}],
            "languages": [{"code": "es", "level": "native"}],
            **INTRODUCED,
        }
        assert "waiting for approval" in page_of(client, "review")

    def test_steps_may_be_taken_in_any_order_and_show_how_far_one_is(self, client, newcomer):
        assert "0%" in page_of(client, "goal")
        client.post(at("headline"), INTRODUCED)
        client.post(at("languages"), SPOKEN)
        page = page_of(client, "portfolio")
        assert "step 5 of 9" in page
        assert "50%" in page, "two of the four that are needed"
        assert page.count(">optional</span>") == 4
        assert page.count('class="done"') == 2
        assert client.get("/onboarding/coach/").url == at("goal")

    def test_with_all_that_is_needed_it_is_ready_to_submit(self, client, newcomer):
        for slug, data in (("skills", {"skills": ["chess"]}), ("languages", SPOKEN), ("headline", INTRODUCED)):
            client.post(at(slug), data)
        page = page_of(client, "review")
        assert "75%" in page and "Ready to submit" not in page
        client.post(at("rates"), RATES)
        page = page_of(client, "review")
        assert "Ready to submit" in page and 'value="100"' in page
        client.post(at("review"))
        page = page_of(client, "review")
        assert "100%" in page and "Ready to submit" not in page

    def test_back_and_skip_lose_nothing_and_ask_for_nothing(self, client, newcomer):
        assert client.post(at("headline"), {"headline": "", "bio": "", "to": "languages"}).url == at("languages")
        assert client.post(at("headline"), INTRODUCED | {"to": "languages"}).url == at("languages")
        assert wish_of(newcomer)["headline"] == "Spanish for travel"
        assert client.post(at("headline"), INTRODUCED | {"to": "https://evil.example/"}).url == at("rates")

    def test_what_is_half_typed_is_kept_on_the_page_when_going_back(self, client, newcomer):
        page = page_of(client, "headline", headline="Half", bio="", to="languages")
        assert 'value="Half"' in page
        assert "This field is required." in page

    def test_a_needed_step_is_not_saved_empty(self, client, newcomer):
        for slug in ("skills", "languages", "headline", "rates"):
            assert "This field is required." in page_of(client, slug, x="1")

    @pytest.mark.parametrize("slug", SLUGS)
    def test_each_page_takes_few_queries(self, client, lucia, slug, django_assert_max_num_queries):
        change_profile(lucia.coach_profile, by=lucia, now=lucia.date_joined, experience=[JOB] * 9, bio="New.")
        with django_assert_max_num_queries(8):
            page_of(client, slug)


def seen_on(page):
    return re.search(r'name="seen" value="(\w+)"', page)[1]


GUIDE, COOK = JOB, JOB | {"title": "Cook"}
WINDOWS = [
    ("goal", {"goal": "Order a meal."}, {"goal": "Read the paper."}),
    ("headline", INTRODUCED, INTRODUCED | {"headline": "Spanish for work"}),
    ("skills", {"skills": ["chess"]}, {"skills": ["spanish"]}),
    ("languages", SPOKEN, {"languages_0_code": "fr", "languages_0_level": "b2"}),
    ("experience", rows_of("experience", GUIDE), rows_of("experience", COOK)),
    ("education", rows_of("education", GUIDE), rows_of("education", COOK)),
    (
        "portfolio",
        rows_of("portfolio", {"title": "Films", "url": "https://youtu.be/abc", "text": ""}),
        rows_of("portfolio", {"title": "Songs", "url": "https://youtu.be/xyz", "text": ""}),
    ),
]


class TestTwoWindows:
    @pytest.mark.parametrize(("slug", "first", "second"), WINDOWS)
    def test_the_later_one_is_told_and_may_then_replace_it(self, client, newcomer, slug, first, second):
        seen = seen_on(page_of(client, slug))
        assert client.post(at(slug), first | {"seen": seen}).status_code == 302
        stored = wish_of(newcomer)[slug]
        answer = page_of(client, slug, **second, seen=seen)
        assert "This was changed meanwhile, in another window or on another device." in answer
        assert wish_of(newcomer)[slug] == stored
        fresh = seen_on(answer)
        assert fresh != seen
        assert client.post(at(slug), second | {"seen": fresh}).status_code == 302
        assert wish_of(newcomer)[slug] != stored

    @pytest.mark.parametrize(("slug", "first", "second"), WINDOWS)
    def test_who_typed_nothing_passes_by_and_undoes_nothing(self, client, newcomer, slug, first, second):
        client.post(at(slug), first)
        seen = seen_on(page_of(client, slug))
        client.post(at(slug), second | {"seen": seen})
        stored = wish_of(newcomer)[slug]
        assert client.post(at(slug), first | {"seen": seen, "to": "goal"}).url == at("goal")
        assert wish_of(newcomer)[slug] == stored

    def test_a_text_is_not_written_beside_a_headline_that_changed(self, client, newcomer):
        client.post(at("headline"), INTRODUCED)
        seen = seen_on(page_of(client, "headline"))
        client.post(at("headline"), INTRODUCED | {"headline": "Spanish for work", "seen": seen})
        answer = page_of(client, "headline", **INTRODUCED | {"bio": "We\r\nread.", "seen": seen})
        assert "This was changed meanwhile" in answer
        assert (wish_of(newcomer)["headline"], wish_of(newcomer)["bio"]) == ("Spanish for work", "We talk.")

    def test_what_was_typed_is_kept(self, client, newcomer):
        seen = seen_on(page_of(client, "experience"))
        client.post(at("experience"), rows_of("experience", GUIDE, seen=seen))
        assert 'value="Cook"' in page_of(client, "experience", **rows_of("experience", COOK, seen=seen))

    def test_the_same_list_sent_twice_is_no_change(self, client, newcomer):
        seen = seen_on(page_of(client, "skills"))
        for _time in range(2):
            assert client.post(at("skills"), {"skills": ["chess"], "seen": seen}).status_code == 302

    def test_a_slip_of_the_pen_does_not_count_as_having_been_told(self, client, newcomer):
        seen = seen_on(page_of(client, "experience"))
        client.post(at("experience"), rows_of("experience", GUIDE, seen=seen))
        wrong = page_of(client, "experience", **rows_of("experience", COOK | {"from_year": ""}, seen=seen))
        assert "Say in which year it began." in wrong
        assert seen_on(wrong) == seen

    def test_a_row_is_not_removed_from_a_list_that_has_changed(self, client, newcomer):
        client.post(at("experience"), rows_of("experience", GUIDE))
        seen = seen_on(page_of(client, "experience"))
        client.post(at("experience"), rows_of("experience", GUIDE, COOK, stored=1, seen=seen))
        page_of(client, "experience", **rows_of("experience", GUIDE, stored=1, seen=seen, remove="0"))
        assert len(wish_of(newcomer)["experience"]) == 2


class TestLists:
    def test_saving_twice_or_after_going_back_doubles_no_row(self, client, newcomer):
        for _time in range(2):
            client.post(at("experience"), rows_of("experience", JOB))
        assert wish_of(newcomer)["experience"] == [JOB]
        for _time in range(2):
            client.post(at("experience"), rows_of("experience", JOB, STUDIES, stored=1))
        assert wish_of(newcomer)["experience"] == [STUDIES, JOB]

    def test_add_another_saves_and_leads_back_with_an_empty_one(self, client, newcomer):
        response = client.post(at("experience"), rows_of("experience", JOB, add="1"))
        assert response.url == at("experience") + "?add=1#add"
        page = client.get(at("experience") + "?add=1").content.decode()
        assert 'value="Guide"' in page
        assert 'name="experience-1-title"' in page

    def test_the_button_beside_a_row_removes_it_and_keeps_what_was_typed_elsewhere(self, client, newcomer):
        client.post(at("experience"), rows_of("experience", JOB, STUDIES))
        typed = rows_of("experience", STUDIES | {"text": "In Seville."}, JOB, stored=2, remove="1")
        assert client.post(at("experience"), typed).url == at("experience")
        assert wish_of(newcomer)["experience"] == [STUDIES | {"text": "In Seville."}]

    def test_a_row_emptied_by_hand_is_gone_and_blank_ones_never_were(self, client, newcomer):
        client.post(at("education"), rows_of("education", STUDIES))
        blank = dict.fromkeys(JOB, "")
        client.post(at("education"), rows_of("education", blank, blank, stored=1))
        assert wish_of(newcomer)["education"] == []

    def test_what_is_wrong_stands_at_its_row_and_nothing_is_lost(self, client, newcomer):
        rows = JOB | {"from_year": 2020}, STUDIES | {"title": ""}
        page = page_of(client, "experience", **rows_of("experience", *rows))
        assert "This cannot end before it begins." in page
        assert "Say what it was." in page
        assert 'value="Guide"' in page
        assert not wish_of(newcomer)["experience"]

    @pytest.mark.parametrize("url", ["https://github.com.evil.com/x", "https://evil.com/github.com", "javascript:x"])
    def test_the_portfolio_leads_to_known_places_only(self, client, newcomer, url):
        page = page_of(client, "portfolio", **rows_of("portfolio", {"title": "Work", "url": url, "text": ""}))
        sentence = "Give an address that begins with https:// at one of these: behance.net, dribbble.com, flickr.com, "
        assert page.count(sentence + "github.com, gitlab.com and others.") == 1

    def test_an_eleventh_row_is_too_many(self, client, newcomer):
        years = [JOB | {"to_year": 2011 + number} for number in range(11)]
        assert "Give at most 10 entries." in page_of(client, "experience", **rows_of("experience", *years))

    @pytest.mark.parametrize("data", [{}, {"experience-TOTAL_FORMS": "x"}, {"experience-TOTAL_FORMS": "9" * 9}])
    def test_odd_input_is_answered(self, client, newcomer, data):
        assert client.post(at("experience"), data | {"experience-INITIAL_FORMS": "0"}).status_code == 200


class TestRates:
    @pytest.mark.parametrize(
        ("field", "value", "error"),
        [
            ("hourly_rate", "40.505", "EUR has at most 2 decimals."),
            ("hourly_rate", "0", "An hour costs at least €10.00."),
            ("hourly_rate", "9.99", "An hour costs at least €10.00."),
            ("hourly_rate", "-5", "Ensure this value is greater than or equal to 0."),
            ("hourly_rate", "1e9", "Ensure this value is less than or equal to 999999.99."),
            ("hourly_rate", "forty", "Enter a number."),
            ("trial_rate", "0.001", "EUR has at most 2 decimals."),
            ("trial_rate", "0", "Give an amount above zero, or none if you offer no trial."),
            ("currency", "xxx", "Select a valid choice. xxx is not one of the available choices."),
            ("country", "XX", "Select a valid choice. XX is not one of the available choices."),
            (
                "meeting_url",
                "https://zoom.us.evil.example/j/1",
                "Give an address that begins with https:// at one of these: "
                "meet.jit.si, zoom.us, meet.google.com, teams.microsoft.com, whereby.com.",
            ),
        ],
    )
    def test_each_wrong_figure_is_named(self, client, newcomer, field, value, error):
        assert client.post(at("rates"), RATES | {field: value}).context["form"].errors == {field: [error]}

    def test_yen_have_no_decimals(self, client, newcomer):
        form = client.post(at("rates"), RATES | {"currency": "jpy", "trial_rate": ""}).context["form"]
        assert form.errors == {"hourly_rate": ["JPY is written without decimals."]}

    def test_rates_of_a_public_coach_count_at_once_and_in_another_currency(self, client, lucia):
        client.post(at("rates"), RATES | {"currency": "jpy", "hourly_rate": "4000", "trial_rate": "800"})
        profile = CoachProfile.objects.get(user=lucia)
        assert (profile.state, profile.currency, profile.hourly_rate_cents) == ("approved", "jpy", 4000)


class TestReview:
    def test_it_says_what_is_missing_with_the_way_there(self, client, newcomer):
        client.post(at("headline"), INTRODUCED)
        page = page_of(client, "review")
        for slug in ("skills", "languages", "rates"):
            assert f'<a href="{at(slug)}">' in page
        assert "Submit for approval" not in page
        client.post(at("review"))
        assert CoachProfile.objects.get().state == "draft"

    def test_a_change_of_a_public_profile_waits_and_says_which_sections(self, client, lucia):
        client.post(at("headline"), {"headline": "New headline", "bio": "We talk."})
        client.post(at("experience"), rows_of("experience", JOB))
        page = page_of(client, "review")
        assert "Changed, but not submitted yet: Experience, Headline and text." in page
        assert "Submit the change for approval" in page
        client.post(at("review"))
        assert "Waiting for approval: Experience, Headline and text." in page_of(client, "goal")
        profile = CoachProfile.objects.get(user=lucia)
        assert profile.headline == "Conversational Spanish for travel and work"
        assert list(CoachProfile.objects.public()) == [profile]

    def test_the_change_may_be_thrown_away_by_a_post(self, client, lucia):
        client.post(at("headline"), {"headline": "New headline", "bio": "We talk."})
        assert client.get("/onboarding/coach/discard/").status_code == 405
        assert client.post("/onboarding/coach/discard/").url == at("review")
        assert wish_of(lucia)["headline"] == "Conversational Spanish for travel and work"
        assert "Your profile is approved." in page_of(client, "review")

    def test_the_reason_of_a_rejection_is_shown_on_every_step(self, client):
        coach = CoachProfileFactory(state="rejected", rejection_reason="Tell us <b>more</b>.")
        client.force_login(coach.user)
        for slug in ("goal", "review"):
            assert "Tell us &lt;b&gt;more&lt;/b&gt;." in page_of(client, slug)
        assert "Submit for approval" in page_of(client, "review")

    def test_a_submitted_profile_may_still_be_changed(self, client, newcomer):
        for slug, data in (("skills", {"skills": ["chess"]}), ("languages", SPOKEN), ("headline", INTRODUCED)):
            client.post(at(slug), data)
        client.post(at("rates"), RATES)
        profile = CoachProfile.objects.get()
        submit_coach_profile(profile, by=newcomer, now=profile.user.date_joined)
        client.post(at("goal"), {"goal": "More."})
        assert (CoachProfile.objects.get().state, wish_of(newcomer)["goal"]) == ("submitted", "More.")

    def test_what_people_write_is_shown_escaped(self, client, newcomer):
        poison = "<script>alert(1)</script>"
        client.post(at("headline"), {"headline": poison, "bio": poison})
        client.post(at("goal"), {"goal": poison})
        rows = rows_of("experience", JOB | {"title": poison, "organisation": poison, "text": poison})
        client.post(at("experience"), rows)
        for slug in SLUGS:
            assert poison not in page_of(client, slug)
