"""Haggling by page: what each side sees, sends and is told when it is refused."""

import pytest

from core import clock
from marketplace.models import Terms
from marketplace.operations import agree_to_terms, decline_terms, offer_terms
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory
from marketplace.tests.pages import errors_of, text_of

pytestmark = pytest.mark.django_db
FIGURES = {"payment_model": "per_session", "rate": "45.00", "session_count": "6", "session_minutes": "60"}


@pytest.fixture
def sent(coach):
    return ProposalFactory(coach=coach, request__student__name="Anna Weber")


@pytest.fixture
def received(student):
    return ProposalFactory(request__student=student, coach__name="Lucía Fernández")


def counter(proposal, now, **figures):
    figures = figures or {"rate_cents": 4500, "session_count": 6, "message": "Could we?"}
    return offer_terms(proposal, by=proposal.request.student, now=now, **figures)


class TestCounter:
    def test_the_student_changes_the_figures_that_are_offered(self, client, received):
        path = f"/proposals/{received.pk}/counter/"
        page = text_of(client, path)
        assert 'value="50.00"' in page
        assert "$200.00" in page
        assert "Lucía can agree, decline or offer something else." in page
        response = client.post(path, FIGURES | {"message": "Six for a <i>little</i> less?"})
        assert response.url == received.get_absolute_url()
        page = text_of(client, received.get_absolute_url())
        assert "Lucía has not answered yet." in page
        assert "$270.00" in page
        assert "Six for a &lt;i&gt;little&lt;/i&gt; less?" in page
        assert "Accept these terms" in page

    def test_each_version_marks_what_is_different(self, client, received, clock):
        counter(received, clock.now())
        page = " ".join(text_of(client, received.get_absolute_url()).split()).replace("> ", ">").replace(" <", "<")
        assert "<del>$50.00 per session</del><ins>$45.00 per session</ins>" in page
        assert "<del>4 sessions of 60 min</del><ins>6 sessions of 60 min</ins>" in page
        assert '<del>$200.00</del><ins class="strong">$270.00</ins>' in page
        assert "Version 2 · your counter-offer" in page
        assert "Version 1 · offered by Lucía" in page

    def test_the_coach_agrees_to_what_was_shown(self, client, sent, clock):
        counter(sent, clock.now())
        page = text_of(client, sent.get_absolute_url())
        assert "Anna’s counter-offer" in page
        assert "Could we?" in page
        path = f"/proposals/{sent.pk}/counter/agree/"
        for stale in ({}, {"terms": "1"}, {"terms": "x"}):
            assert "The terms have changed" in client.post(path, stale, follow=True).content.decode()
        assert client.post(path, {"terms": "2"}).url == sent.get_absolute_url()
        sent.refresh_from_db()
        assert (sent.rate_cents, sent.session_count, sent.terms_number) == (4500, 6, 2)
        page = text_of(client, sent.get_absolute_url())
        assert "Terms, version 2" in page
        assert "You agreed to Anna’s counter-offer" in page
        assert "Agree to these terms" not in page

    def test_the_coach_keeps_the_own_terms(self, client, sent, clock):
        counter(sent, clock.now())
        client.post(f"/proposals/{sent.pk}/counter/decline/", {"terms": "2"})
        assert Terms.objects.get(number=2).declined_at
        sent.refresh_from_db()
        assert sent.rate_cents == 5000

    def test_the_coach_offers_something_else(self, client, sent, clock):
        counter(sent, clock.now())
        path = f"/proposals/{sent.pk}/counter/"
        assert 'value="45.00"' in text_of(client, path)
        client.post(path, FIGURES | {"rate": "47.50"})
        sent.refresh_from_db()
        assert (sent.rate_cents, sent.session_count, sent.terms_number) == (4750, 6, 3)

    @pytest.mark.parametrize(
        ("fields", "field", "error"),
        [
            ({"rate": "9.99"}, "rate", "One session must cost at least $10.00."),
            ({"rate": "0"}, "rate", "Give an amount above zero."),
            ({"rate": "45.005"}, "rate", "USD has at most 2 decimals."),
            ({"session_count": "0"}, "session_count", "Ensure this value is greater than or equal to 1."),
            ({"session_minutes": "241"}, "session_minutes", "Ensure this value is less than or equal to 240."),
            ({"message": "x" * 1001}, "message", "Ensure this value has at most 1000 characters (it has 1001)."),
            (
                {"rate": "50", "session_count": "4"},
                "__all__",
                "These figures are offered already: change one of them.",
            ),
        ],
    )
    def test_each_wrong_value_is_named_and_the_rest_is_kept(self, client, received, fields, field, error):
        response = client.post(f"/proposals/{received.pk}/counter/", FIGURES | {"message": "Kept words"} | fields)
        assert errors_of(response) == {field: [error]}
        assert "message" in fields or "Kept words" in response.content.decode()
        assert received.thread.count() == 1

    @pytest.mark.parametrize("page", ["counter", "edit"])
    def test_a_counter_offer_that_was_not_on_the_page_is_not_replaced_unread(self, client, sent, clock, page):
        path = f"/proposals/{sent.pk}/{page}/"
        fields = FIGURES | {"cover_letter": sent.cover_letter, "approach_summary": sent.approach_summary}
        assert 'name="terms" value="1"' in text_of(client, path)
        counter(sent, clock.now())
        shown = client.post(path, fields | {"rate": "48.00", "terms": "1"}).content.decode()
        assert "The terms have changed in the meantime." in shown
        assert "Anna’s counter-offer" in shown and "Could we?" in shown and 'value="48.00"' in shown
        assert 'name="terms" value="2"' in shown
        assert sent.thread.count() == 2
        assert client.post(path, fields | {"rate": "48.00", "terms": "2"}).url == sent.get_absolute_url()
        assert sent.thread.count() == 3

    def test_the_total_is_worked_out_while_typing_and_without_scripts(self, client, received):
        path = f"/proposals/{received.pk}/counter/"
        assert "$270.00" in text_of(client, path + "total/", **FIGURES)
        page = client.post(path, FIGURES | {"check": "1"}).content.decode()
        assert "$270.00" in page
        assert "Upfront, for sessions 1–6" in page
        assert received.thread.count() == 1

    @pytest.mark.parametrize("state", ["accepted", "declined", "withdrawn", "expired"])
    def test_when_it_is_over_one_is_led_back(self, client, coach, state):
        over = ProposalFactory(coach=coach, state=state)
        assert client.get(f"/proposals/{over.pk}/counter/").url == over.get_absolute_url()
        page = text_of(client, over.get_absolute_url())
        for word in ("Accept these terms", "Offer other terms", "Withdraw proposal", "Edit<"):
            assert word not in page

    def test_nor_is_a_student_asked_why_they_decline_what_is_over(self, client, student):
        over = ProposalFactory(request__student=student, state="withdrawn")
        assert client.get(f"/proposals/{over.pk}/decline/").url == over.get_absolute_url()

    def test_old_versions_say_what_became_of_them(self, client, received, clock):
        for rate in (4500, 4600):
            counter(received, clock.now(), rate_cents=rate)
        decline_terms(received, by=received.coach, now=clock.now())
        counter(received, clock.now(), rate_cents=4700)
        agree_to_terms(received, by=received.coach, now=clock.now())
        offer_terms(received, by=received.coach, now=clock.now(), rate_cents=4650)
        states = [version.state for version in client.get(received.get_absolute_url()).context["versions"]]
        assert states == ["standing", "agreed", "declined", "replaced", "replaced"]
        assert "Earlier versions" in text_of(client, received.get_absolute_url())


class TestEdit:
    def test_the_coach_changes_words_answers_and_figures(self, client, coach):
        request = LearningRequestFactory(questions=["Why?"])
        question = request.screening_questions.get()
        sent = ProposalFactory(coach=coach, request=request)
        sent.answers.create(question=question, text="Because.")
        path = f"/proposals/{sent.pk}/edit/"
        page = text_of(client, path)
        assert "Because." in page
        assert 'value="50.00"' in page
        letter = "I would begin with the words that you need in your very first week there. " * 2
        fields = FIGURES | {"cover_letter": letter, f"answer_{question.pk}": "Because I like it."}
        assert client.post(path, fields).url == sent.get_absolute_url()
        sent.refresh_from_db()
        assert (sent.cover_letter, sent.rate_cents, sent.terms_number) == (letter.strip(), 4500, 2)
        assert sent.answers.get().text == "Because I like it."
        assert "changed" in text_of(client, sent.get_absolute_url())

    def test_a_wrong_word_changes_nothing(self, client, sent):
        response = client.post(f"/proposals/{sent.pk}/edit/", FIGURES | {"cover_letter": "Short"})
        assert list(errors_of(response)) == ["cover_letter"]
        sent.refresh_from_db()
        assert (sent.rate_cents, sent.edited_at) == (5000, None)

    def test_the_student_does_not_edit(self, client, received):
        assert client.get(f"/proposals/{received.pk}/edit/").status_code == 404


def test_an_open_page_says_that_it_has_changed_and_moves_nothing(client):
    proposal = ProposalFactory()
    client.force_login(proposal.request.student)
    mark = client.get(proposal.get_absolute_url()).context["mark"]
    changed = "This has changed since you opened the page."
    assert changed not in text_of(client, proposal.get_absolute_url(), seen=mark)
    figures = {"payment_model": "per_session", "rate_cents": 4400, "session_count": 4, "session_minutes": 60}
    offer_terms(proposal, by=proposal.coach, now=clock.now(), **figures)
    assert changed in text_of(client, proposal.get_absolute_url(), seen=mark)
    assert changed not in text_of(client, proposal.get_absolute_url())
