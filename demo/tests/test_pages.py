from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.tests.factories import PASSWORD as ANY
from accounts.tests.factories import UserFactory
from core import outbox
from demo.seed.people import DOMAIN, PASSWORD
from payments.tests.factories import make_escrow, open_page

pytestmark = pytest.mark.django_db


def put(clock, to, **fields):
    base = {"kind": "notice", "key": f"k{to}", "recipient": None, "subject": "Hello", "text": "See https://x.example/"}
    html = "<html><head></head><body><script>alert(1)</script><a href='/'>Go</a></body></html>"
    return outbox.put(to=to, html=html, now=clock.now(), **base | fields)


def test_the_inbox_lists_mails_and_finds_an_address(client, clock):
    put(clock, "anna@skileez.example", subject="For Anna")
    put(clock, "ben@skileez.example", subject="For Ben")
    page = client.get("/demo/mail/").content.decode()
    assert "For Anna" in page
    assert "For Ben" in page
    found = client.get("/demo/mail/", {"to": "ANNA"}).content.decode()
    assert "For Anna" in found
    assert "For Ben" not in found


def test_a_mail_is_shown_as_text_with_links_and_in_a_frame(client, clock):
    mail = put(clock, "anna@skileez.example")
    page = client.get(f"/demo/mail/{mail.pk}/").content.decode()
    assert '<a href="https://x.example/"' in page
    assert f'src="/demo/mail/{mail.pk}/html/"' in page


def test_the_framed_mail_runs_nothing_and_only_we_may_frame_it(client, clock):
    mail = put(clock, "anna@skileez.example")
    answer = client.get(f"/demo/mail/{mail.pk}/html/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_top">' in answer.content.decode()


def test_a_mail_that_is_not_there_is_not_found(client):
    assert client.get("/demo/mail/1/").status_code == 404
    assert client.get("/demo/mail/1/html/").status_code == 404


def test_people_lists_the_demo_people_with_their_password_and_nobody_else(client):
    UserFactory(email=f"anna@{DOMAIN}", name="Anna Kowalska")
    UserFactory(email="real@example.com", name="A real person")
    page = client.get("/demo/people/").content.decode()
    assert "Anna Kowalska" in page
    assert PASSWORD in page
    assert "A real person" not in page
    assert ANY not in page


def test_the_stand_ins_pages_come_through_the_site(client, standin, clock):
    payment = open_page(make_escrow(), now=clock.now())
    answer = client.get(f"/standin/c/pay/{payment.checkout_session_id}")
    assert answer.status_code == 200
    assert "no real money" in answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_person_pays_through_the_site_and_is_led_back(client, standin, clock):
    payment = open_page(make_escrow(), now=clock.now())
    fields = urlencode({"card": "4242424242424242", "email": "anna@example.com"})
    path = f"/standin/c/pay/{payment.checkout_session_id}"
    answer = client.post(path, fields, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {302, 303}
    assert answer.headers["Location"].startswith("https://skileez.example/success?session_id=cs_")


def test_posts_to_the_stand_in_need_no_token_of_ours(standin):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/standin/_standin/tick").status_code == 200
    assert strict.post("/demo/clock/", {"to": "hour"}).status_code == 403


def test_styles_of_the_stand_in_come_through(client, standin):
    answer = client.get("/standin/static/standin.css")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/css")


def test_what_the_stand_in_does_not_have_is_not_found(client, standin):
    assert client.get("/standin/nothing").status_code == 404


def test_a_stand_in_that_is_away_is_said_in_a_sentence(client, settings):
    settings.STANDIN_URL = "http://127.0.0.1:9"
    answer = client.get("/standin/")
    assert (answer.status_code, answer.content) == (502, b"The Stripe stand-in does not answer.")
