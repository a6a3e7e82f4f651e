import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.cache import SessionStore
from django.test import RequestFactory

from accounts.models import User
from accounts.tests.factories import StudentFactory
from core.pages import RefusedMiddleware, page_of, refusals_on
from core.refused import Refused

NO = Refused("The time is taken.", code="taken", field="start")


def refuse(**headers):
    request = RequestFactory().post("/sessions/1/join/", headers=headers)
    request.session = SessionStore()
    request._messages = FallbackStorage(request)
    request.htmx = bool(headers.get("HX-Request"))
    return request, RefusedMiddleware(lambda _: None).process_exception(request, NO)


def test_a_refusal_is_said_on_the_page_where_the_person_was():
    request, response = refuse(referer="http://testserver/contracts/7/")
    assert (response.status_code, response["Location"]) == (302, "http://testserver/contracts/7/")
    assert [str(message) for message in get_messages(request)] == ["The time is taken."]


def test_a_refusal_never_sends_anybody_to_another_site():
    _, response = refuse(referer="https://evil.example/")
    assert response["Location"] == "/dashboard/"


def test_htmx_gets_the_refusal_as_a_fragment():
    _, response = refuse(**{"HX-Request": "true"})
    assert response.status_code == 409
    assert b"The time is taken." in response.content


def test_other_errors_are_left_alone():
    request = RequestFactory().get("/")
    assert RefusedMiddleware(lambda _: None).process_exception(request, ValueError()) is None


def test_a_form_shows_the_refusal_and_keeps_what_was_typed():
    class Form(forms.Form):
        start = forms.CharField()

    form = Form({"start": "16:00"})
    assert form.is_valid()
    with refusals_on(form):
        raise NO
    assert form.errors == {"start": ["The time is taken."]}
    assert form["start"].value() == "16:00"


@pytest.mark.django_db
def test_a_list_is_cut_into_pages_without_losing_or_repeating_a_row():
    people = [StudentFactory().pk for _ in range(7)]
    rows, seen, address = User.objects.filter(pk__in=people), [], ""
    for _ in range(3):
        page = page_of(rows, RequestFactory().get("/list/" + address), size=3)
        seen += [row.pk for row in page.rows]
        address = page.next
    assert (seen, address) == (people[::-1], "")
    back = page_of(rows, RequestFactory().get("/list/" + page.previous), size=3)
    assert [row.pk for row in back.rows] == people[::-1][3:6]


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["?before=x", "?after=-1", "?before=99999999999999999999999"])
def test_a_broken_cursor_shows_the_first_page(query):
    pk = StudentFactory().pk
    page = page_of(User.objects.filter(pk=pk), RequestFactory().get("/list/" + query))
    assert [row.pk for row in page.rows] == [pk]
