import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.events import COACH_APPROVED
from accounts.tests.factories import CoachFactory, StudentFactory
from core import clock
from core.events import record
from dashboards.sitemaps import CoachesSitemap

pytestmark = pytest.mark.django_db
SITE = "http://testserver"


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


def listed(client, path):
    """`(address, day)` of each entry."""
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml")
    entries = re.findall(r"<(?:url|sitemap)>.*?</(?:url|sitemap)>", answer.content.decode(), re.DOTALL)
    found = [(re.findall(r"<loc>(.*?)</loc>", each), re.findall(r"<lastmod>(.{10})", each)) for each in entries]
    return [(address.removeprefix(SITE), *day) for [address], day in found]


def test_robots_are_told_where_the_sitemap_is(client):
    answer = client.get("/robots.txt")
    lines = answer.content.decode().splitlines()
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
        200,
        "text/plain",
        "public, max-age=3600",
    )
    assert lines[0] == "User-agent: *"
    assert "Disallow: /api/" in lines
    assert lines[-1] == f"Sitemap: {SITE}/sitemap.xml"
    assert not [line for line in lines if line in ("Disallow: /", "Disallow: /coaches/")]


def test_public_coaches_are_listed_with_the_day_of_their_last_approval(client):
    now = clock.now()
    first, second = CoachFactory(), CoachFactory(profile__state="draft", profile__approved_at=now)
    record(first.coach_profile, COACH_APPROVED, by=None, at=now - timedelta(days=9), first=True)
    record(first.coach_profile, COACH_APPROVED, by=None, at=now - timedelta(days=2), first=False)
    for state in ("draft", "submitted", "rejected"):
        CoachFactory(profile__state=state)
    CoachFactory(is_active=False)
    StudentFactory()
    assert listed(client, "/sitemap-coaches.xml") == [
        (f"/coaches/{first.pk}/", f"{now - timedelta(days=2):%Y-%m-%d}"),
        (f"/coaches/{second.pk}/", f"{now:%Y-%m-%d}"),
    ]


def test_besides_there_are_only_the_landing_page_and_the_list_of_coaches(client):
    assert listed(client, "/sitemap-pages.xml") == [("/",), ("/coaches/",)]
    assert client.get("/sitemap-requests.xml").status_code == 404


def test_the_index_names_each_file(client, monkeypatch):
    coaches = CoachFactory.create_batch(5)
    assert listed(client, "/sitemap.xml") == [("/sitemap-pages.xml",), ("/sitemap-coaches.xml",)]
    assert CoachesSitemap.limit == 5000
    monkeypatch.setattr(CoachesSitemap, "limit", 2)
    cache.clear()
    assert [address for address, *_day in listed(client, "/sitemap.xml")][2:] == [
        "/sitemap-coaches.xml?p=2",
        "/sitemap-coaches.xml?p=3",
    ]
    third = listed(client, "/sitemap-coaches.xml?p=3")
    assert [address for address, *_day in third] == [f"/coaches/{coaches[-1].pk}/"]
    assert client.get("/sitemap-coaches.xml?p=4").status_code == 404


def test_a_file_takes_two_queries_however_many_are_in_it_and_then_none_for_an_hour(client):
    CoachFactory()
    for more in (0, 9):
        CoachFactory.create_batch(more)
        cache.clear()
        for path in ("/sitemap.xml", "/sitemap-coaches.xml"):
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(path)
            assert (len(asked), answer["Cache-Control"]) == (2, "max-age=3600")
            with CaptureQueriesContext(connection) as asked:
                assert client.get(path).content == answer.content
            assert len(asked) == 0
