"""Terms that a coach keeps to begin offers with."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.tests.factories import CoachFactory, StudentFactory
from core import clock
from core.refused import Refused
from marketplace.models import TermsTemplate
from marketplace.operations import change_template, delete_template, keep_template, offer_terms
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory

pytestmark = pytest.mark.django_db
TERMS = {"payment_model": "per_hour", "rate_cents": 4000, "session_count": 8, "session_minutes": 90}


def kept(coach, name="Exam course", **terms):
    return keep_template(by=coach, name=name, now=clock.now(), **{**TERMS, **terms})


def refusal_of(work):
    with pytest.raises(Refused) as refusal:
        work()
    return refusal.value.code


def test_terms_are_kept_changed_and_deleted():
    coach = CoachFactory()
    template = kept(coach, " Exam course ", learning_outcomes="Pass B2")
    assert (template.name, template.currency, template.expected_total_cents) == ("Exam course", "usd", 48000)
    assert change_template(template, by=coach, now=clock.now(), session_count=4).expected_total_cents == 24000
    delete_template(template, by=coach)
    assert not TermsTemplate.objects.exists()
    assert refusal_of(lambda: delete_template(template, by=coach)) == "template_gone"


def test_only_the_coach_changes_their_own():
    template = kept(CoachFactory())
    for stranger in (CoachFactory(), StudentFactory()):
        with pytest.raises(PermissionDenied):
            change_template(template, by=stranger, now=clock.now(), session_count=4)
        with pytest.raises(PermissionDenied):
            delete_template(template, by=stranger)
    assert refusal_of(lambda: kept(StudentFactory())) == "not_a_coach"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"name": " "}, "name_missing"),
        ({"name": "x" * 61}, "name_missing"),
        ({"name": "EXAM course"}, "name_taken"),
        ({"session_count": 0, "name": "None"}, "session_count"),
        ({"rate_cents": 10, "name": "Cheap"}, "below_minimum"),
        ({"learning_outcomes": "x" * 2001, "name": "Long"}, "too_long"),
    ],
)
def test_what_is_refused(terms, code):
    coach = CoachFactory()
    kept(coach)
    assert refusal_of(lambda: kept(coach, **terms)) == code
    assert kept(CoachFactory()).name == "Exam course"  # another coach's names are their own


def test_twenty_are_the_most():
    coach = CoachFactory()
    for number in range(20):
        kept(coach, f"Course {number}")
    assert refusal_of(lambda: kept(coach, "One more")) == "too_many_templates"


def test_pages_keep_edit_and_delete(client):
    coach = CoachFactory()
    client.force_login(coach)
    assert "No templates yet" in client.get(reverse("contract-templates")).content.decode()
    body = {"name": "Exam", "payment_model": "per_session", "rate": "60.00", "session_count": "8"}
    body |= {"session_minutes": "60", "learning_outcomes": ""}
    assert "$480.00" in client.post(reverse("contract-template-new"), body | {"check": "1"}).content.decode()
    assert not TermsTemplate.objects.exists()
    client.post(reverse("contract-template-new"), body)
    template = TermsTemplate.objects.get()
    again = client.post(reverse("contract-template-new"), body).content.decode()
    assert "You have a template of this name already." in again
    client.post(reverse("contract-template", args=[template.pk]), body | {"session_count": "4"})
    template.refresh_from_db()
    assert template.expected_total_cents == 24000
    client.force_login(CoachFactory())
    for name in ("contract-template", "contract-template-delete"):
        assert client.post(reverse(name, args=[template.pk]), body).status_code == 404
    client.force_login(coach)
    client.post(reverse("contract-template-delete", args=[template.pk]))
    assert not TermsTemplate.objects.exists()


def test_a_template_fills_the_form_and_keeps_what_was_typed(client):
    coach, wanted = CoachFactory(), LearningRequestFactory()
    template, other = kept(coach), kept(CoachFactory(), "Somebody else's")
    client.force_login(coach)
    address = reverse("propose", args=[wanted.pk])
    assert "Somebody else" not in client.get(address).content.decode()
    sent = {"cover_letter": "A first sentence.", "rate": "1", "session_count": "1", "session_minutes": "15"}
    filled = client.post(address, sent | {"use": "1", "template": template.pk}).content.decode()
    assert "A first sentence." in filled
    assert 'value="40.00"' in filled
    assert 'value="90"' in filled
    assert "$480.00" in filled
    assert "error" not in filled.partition('id="offer"')[2].partition("</form>")[0]
    for odd in (other.pk, "x", "9" * 30):
        assert client.post(address, sent | {"use": "1", "template": odd}).status_code == 200
    assert not coach.proposals.exists()


@pytest.mark.parametrize("page", ["proposal-edit", "proposal-counter"])
def test_a_template_fills_the_forms_of_other_terms_too_and_sends_nothing(client, page):
    proposal = ProposalFactory()
    template = kept(proposal.coach)
    kept(CoachFactory(), "Somebody else's")
    client.force_login(proposal.coach)
    address = reverse(page, args=[proposal.pk])
    shown = client.get(address).content.decode()
    assert ("Begin with a template" in shown, "Somebody else" in shown) == (True, False)
    typed = {"terms": "1", "rate": "1", "cover_letter": "Typed before.", "message": "Typed before."}
    offer_terms(proposal, by=proposal.request.student, now=clock.now(), rate_cents=4500)  # and not read by the coach
    filled = client.post(address, typed | {"use": "1", "template": template.pk})
    assert (filled.context["newest"], "Typed before." in filled.content.decode()) == (1, True)
    assert [filled.context["form"][name].value() for name in ("session_count", "session_minutes")] == [8, 90]
    assert "$480.00" in filled.content.decode()
    proposal.refresh_from_db()
    assert (proposal.session_minutes, proposal.thread.count()) == (60, 2)


def test_a_student_who_teaches_too_does_not_begin_a_counter_offer_with_their_own_terms(client):
    proposal = ProposalFactory(request__student=CoachFactory(is_student=True))
    kept(proposal.request.student)
    client.force_login(proposal.request.student)
    assert "Begin with a template" not in client.get(reverse("proposal-counter", args=[proposal.pk])).content.decode()


def test_the_list_needs_the_same_queries_for_one_and_for_twenty(client, django_assert_max_num_queries):
    coach, counts = CoachFactory(), []
    client.force_login(coach)
    for number in range(20):
        kept(coach, f"Course {number}")
        if number in {0, 19}:
            with django_assert_max_num_queries(10) as queries:
                client.get(reverse("contract-templates"))
            counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_api_keeps_them_in_the_coachs_own_currency():
    coach, client = CoachFactory(), APIClient()
    client.force_authenticate(coach)
    terms = {"name": "Exam", "payment_model": "per_session", "session_count": 8, "session_minutes": 60}
    made = client.post("/api/v1/templates/", terms | {"rate": {"amount_cents": 6000, "currency": "usd"}}, format="json")
    assert (made.status_code, made.json()["expected_total"]) == (201, {"amount_cents": 48000, "currency": "usd"})
    odd = client.post("/api/v1/templates/", terms | {"rate": {"amount_cents": 6000, "currency": "eur"}}, format="json")
    assert (odd.status_code, odd.json()["code"]) == (400, "invalid")
    path = f"/api/v1/templates/{made.json()['id']}/"
    assert client.patch(path, {"session_count": 4}, format="json").json()["expected_total"]["amount_cents"] == 24000
    assert [row["name"] for row in client.get("/api/v1/templates/").json()["results"]] == ["Exam"]
    stranger = APIClient()
    stranger.force_authenticate(CoachFactory())
    assert stranger.get(path).status_code == stranger.delete(path).status_code == 404
    assert client.delete(path).status_code == 204
