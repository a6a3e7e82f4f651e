"""What scripts add to pages that work without them."""

import pytest
from django.test import Client

from accounts.tests.factories import CoachFactory, SkillFactory
from core import clock
from marketplace.operations import offer_terms
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page, site, person):
    client = Client()
    client.force_login(person)
    cookie = client.cookies["skileez-session"]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])


def test_the_total_follows_what_is_typed(page, site):
    coach, request = CoachFactory(), LearningRequestFactory()
    sign_in(page, site, coach)
    page.goto(f"/requests/{request.pk}/propose/")
    page.locator(".total").get_by_text("$240.00").wait_for()
    page.get_by_label("Minutes per session").fill("45")
    page.get_by_label("Paid", exact=True).select_option("per_hour")
    page.locator(".total").get_by_text("$180.00").wait_for()
    assert page.get_by_label("Minutes per session").input_value() == "45"


def test_a_filter_narrows_the_coaches_without_a_reload(page, site):
    CoachFactory(name="Lucía Fernández")
    CoachFactory(name="Tomáš Novák", profile__skills=[SkillFactory(name="Guitar")])
    page.goto("/coaches/")
    page.get_by_text("2 coaches match.").wait_for()
    page.evaluate("window.same = true")
    page.get_by_label("Guitar").check()
    page.get_by_text("1 coach matches.").wait_for()
    assert page.get_by_role("article").all_inner_texts()[0].count("Tomáš Novák") == 1
    assert page.evaluate("window.same")
    assert "skill=guitar" in page.url
    page.locator("a.chip").click()
    page.get_by_text("2 coaches match.").wait_for()
    assert not page.get_by_label("Guitar").is_checked()


def test_sign_up_proposes_the_zone_of_the_browser(page, site):
    page.goto("/accounts/signup/")
    assert page.get_by_label("Time zone").input_value() == "UTC"


def test_no_page_of_a_request_scrolls_sideways_on_a_phone(page, site):
    request = LearningRequestFactory(title="Talk about novels in Spanish")
    for name in ("Lucía Fernández", "Ruth Goldberg"):
        coach = CoachFactory(name=name, profile__rating_sum=5, profile__rating_count=1)
        ProposalFactory(request=request, coach=coach)
    sign_in(page, site, request.student)
    page.set_viewport_size({"width": 390, "height": 844})
    for address in (f"/requests/{request.pk}/", "/requests/", f"/coaches/?q={'x' * 90}"):
        page.goto(site + address)
        assert page.evaluate("document.documentElement.scrollWidth") == 390, address
    page.goto(site + "/requests/")
    assert page.get_by_role("heading", name="Talk about novels in Spanish").bounding_box()["height"] < 40


def test_what_is_new_on_a_proposal_is_seen_wherever_one_reads_and_moves_no_button(page, site):
    proposal = ProposalFactory(cover_letter="I have taught travellers for ten years. " * 60)
    sign_in(page, site, proposal.request.student)
    page.set_viewport_size({"width": 390, "height": 600})
    page.goto(site + proposal.get_absolute_url())
    accept = page.get_by_role("button", name="Accept these terms")
    place = "button => button.getBoundingClientRect().top + scrollY"
    before = accept.evaluate(place)
    offer_terms(proposal, by=proposal.coach, now=clock.now(), **proposal.figures | {"rate_cents": 4400})
    page.evaluate("scrollTo(0, 900)")
    page.evaluate("htmx.trigger(document.getElementById('live'), 'proposals')")
    page.get_by_role("link", name="Look at it again").wait_for()
    assert accept.evaluate(place) == before
    assert 0 <= page.get_by_role("link", name="Look at it again").bounding_box()["y"] < 600
