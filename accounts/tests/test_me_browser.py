"""One's own zone, photo and role as people set them: with scripts and without."""

import pytest

from accounts.models import StudentProfile, User
from accounts.tests.factories import CoachFactory, StudentFactory
from accounts.tests.pictures import picture
from tests.browsing import leave

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(context, client, user, site):
    client.force_login(user)
    context.add_cookies([{"name": key, "value": each.value, "url": site} for key, each in client.cookies.items()])


def test_the_zone_of_the_device_is_proposed_and_taken_by_one_click(page, site, client):
    student = StudentFactory(time_zone="Europe/Dublin")
    sign_in(page.context, client, student, site)
    page.goto("/sessions/")
    page.get_by_text("Your device is in UTC. Times are shown in Europe/Dublin.").wait_for()
    page.get_by_role("button", name="Use my device's zone").click()
    page.get_by_text("Times are shown in UTC now.").wait_for()
    assert page.url.endswith("/sessions/")
    assert page.locator("[data-zone-notice]").is_hidden()
    student.refresh_from_db()
    assert student.time_zone == "UTC"


def test_who_keeps_the_other_zone_is_left_alone(page, site, client):
    sign_in(page.context, client, StudentFactory(time_zone="Europe/Dublin"), site)
    page.goto("/sessions/")
    page.get_by_role("button", name="Keep Europe/Dublin").click()
    page.goto("/contracts/")
    assert page.locator("[data-zone-notice]").is_hidden()


def test_a_photo_is_chosen_and_seen(page, site, client):
    student = StudentFactory(time_zone="UTC")
    sign_in(page.context, client, student, site)
    page.goto("/profile/")
    page.get_by_label("Photo").set_input_files(
        {"name": "me.png", "mimeType": "image/png", "buffer": picture("PNG", (900, 600))}
    )
    page.get_by_role("button", name="Upload").click()
    face = page.get_by_alt_text("Your photo")
    face.wait_for()
    page.wait_for_function("document.querySelector('img.large').naturalWidth === 512")


def test_all_of_it_works_without_scripts(browser, site, client):
    both = CoachFactory(is_student=True, role="student", time_zone="Europe/Dublin")
    StudentProfile.objects.create(user=both)
    context = browser.new_context(base_url=site, java_script_enabled=False)
    sign_in(context, client, both, site)
    page = context.new_page()
    page.goto("/availability/")
    page.locator("main").get_by_role("button", name="Switch to coaching").click()
    page.get_by_role("heading", name="Availability").first.wait_for()
    assert page.locator("[data-zone-notice]").is_hidden()
    page.goto("/onboarding/student/")
    page.get_by_label("Date of birth").fill("1990-04-12")
    page.locator("summary", has_text="More languages").click()
    page.locator("[name=languages_5_code]").select_option("es")
    page.locator("[name=languages_5_level]").select_option("b2")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Thank you.").wait_for()
    leave(context)
    assert User.objects.get(pk=both.pk).role == "coach"
    assert StudentProfile.objects.get(user=both).languages == [{"code": "es", "level": "b2"}]
