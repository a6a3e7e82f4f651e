"""The hosted pages and the control page: plain, labelled, without script, and never broken by what is typed."""

import re
from html.parser import HTMLParser

import pytest

from .conftest import chosen

PUBLIC = "http://localhost:8000/standin"
VOID = {"meta", "link", "input", "br", "hr", "img"}


class Page(HTMLParser):
    """Collects what a page must and must not have."""

    def __init__(self, text):
        super().__init__()
        self.labels, self.inputs, self.tags, self.attributes, self.addresses = set(), [], [], set(), []
        self.open = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self.attributes |= set(given)
        self.addresses += [given[name] for name in ("href", "action") if name in given]
        if tag == "label" and "for" in given:
            self.labels.add(given["for"])
        if tag in ("input", "select") and given.get("type") != "hidden":
            self.inputs.append((given.get("id"), "label" in self.open))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"{tag} is closed, but not open"


@pytest.fixture
def public(make_standin):
    return make_standin(public_url=PUBLIC)


def all_pages(standin):
    coach, charge = standin.coach(), standin.paid(20000, "4000000000000077")
    standin.transfer(5000, coach, charge.id)
    fresh = standin.stripe.accounts.create({"type": "express"}, chosen("account"))
    link = standin.stripe.account_links.create(
        {
            "account": fresh.id,
            "type": "account_onboarding",
            "refresh_url": "https://a.example/",
            "return_url": "https://b.example/",
        }
    )
    session = standin.session()
    locked = standin.session()
    authenticate = standin.submit(locked.url.removeprefix(PUBLIC), card="4000000000003220")[1]
    standin.submit(session.url.removeprefix(PUBLIC), card="4000000000000002")
    return {
        "checkout": session.url,
        "3-D Secure": authenticate,
        "onboarding": standin.open(link.url.removeprefix(PUBLIC))[1],
        "express": standin.stripe.accounts.login_links.create(coach, {}, chosen("login")).url,
        "receipt": charge.receipt_url,
        "control": f"{PUBLIC}/_standin/",
        "object": f"{PUBLIC}/_standin/objects/{charge.id}",
        "missing": f"{PUBLIC}/c/pay/cs_unknown",
    }


def test_every_page_is_well_formed_labelled_and_without_script_or_inline_style(public):
    for name, url in all_pages(public).items():
        assert url.startswith(PUBLIC), name
        status, headers, text = public.ask("GET", url.removeprefix(PUBLIC))
        page = Page(text)
        assert status == (404 if name == "missing" else 200), name
        assert page.open == [] and page.tags.count("h1") == 1 and page.tags.count("main") == 1, name
        assert 'lang="en"' in text and "Stand-in for Stripe: no real money" in text, name
        assert "script" not in page.tags and "style" not in page.tags and "style" not in page.attributes, name
        assert not [attribute for attribute in page.attributes if attribute.startswith("on")], name
        assert all(inside or id_ in page.labels for id_, inside in page.inputs), name
        own = [address for address in page.addresses if "example" not in address]
        assert own and all(address.startswith(PUBLIC) for address in own), name
        assert "style-src 'self'" in headers["Content-Security-Policy"], name


def test_the_style_is_served_and_knows_light_and_dark(standin):
    status, headers, text = standin.ask("GET", "/static/standin.css")
    assert (status, headers["Content-Type"]) == (200, "text/css")
    assert "light-dark(" in text


def test_what_is_typed_is_escaped(standin):
    attack = '<script>alert("1")</script>'
    price = {"currency": "usd", "unit_amount": 5000, "product_data": {"name": attack}}
    session = standin.session(line_items=[{"quantity": 1, "price_data": price}], customer_email=f"{attack}@example.com")
    _, _, text = standin.ask("GET", f"/c/pay/{session.id}")
    assert "<script" not in text and "&lt;script&gt;" in text


def test_a_card_that_is_none_of_the_test_cards_is_refused_on_a_page(standin):
    session = standin.session()
    status, _, page = standin.submit(session.url, card="5555")
    assert status == 400 and "Choose one of the test cards." in page


def test_the_buttons_of_the_control_page_lead_back_to_it(public):
    charge = public.paid()
    browser = {"Accept": "text/html,application/xhtml+xml"}
    page = public.ask("GET", "/_standin/")[2]
    assert re.search(
        rf'action="{PUBLIC}/_standin/dispute"[^>]*><input type="hidden" name="charge" value="{charge.id}">', page
    )
    status, headers, _ = public.ask("POST", "/_standin/dispute", {"charge": charge.id}, browser)
    assert (status, headers["Location"]) == (303, f"{PUBLIC}/_standin/")
    assert public.stripe.charges.retrieve(charge.id).disputed is True


def test_unknown_acts_and_pages_are_404(standin):
    assert standin.ask("POST", "/_standin/explode")[0] == 404
    assert standin.ask("GET", "/_standin/nothing")[0] == 404
    assert standin.ask("GET", "/nothing")[0] == 404


def test_an_act_without_its_object_is_400_or_404(standin):
    assert standin.ask("POST", "/_standin/pay")[0] == 400
    assert standin.ask("POST", "/_standin/pay", {"session": "cs_unknown"})[0] == 404
