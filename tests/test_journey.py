"""From sign-up to review in a browser, with scripts and without, and the books balance at the end."""

import pytest
from django.core.management import call_command

from accounts.models import User
from accounts.tests.factories import SkillFactory, UserFactory
from contracts.models import Contract, Review
from payments.models import StripeEvent, Transfer
from tests.browsing import leave
from tests.journey import PASSWORD, Journey, Person

# So tall that the clock bar, which floats over the end of the window, covers nothing of the page.
TALL = {"width": 1280, "height": 4200}
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(browser, site):
    """Browsers for a student, a coach and staff, with or without scripts."""
    contexts = []

    def make(*, javascript: bool) -> list[Person]:
        staff = UserFactory(email="staff@example.org", name="Sam Staff", is_staff=True, is_superuser=True)
        staff.set_password(PASSWORD)
        staff.save()
        SkillFactory(name="Spanish", category="languages")  # emptied tables have no curated list
        for _ in range(3):
            context = browser.new_context(base_url=site, locale="en-US", viewport=TALL, java_script_enabled=javascript)
            contexts.append(context)
        return [Person(context.new_page(), checks_pages=javascript) for context in contexts]

    yield make
    for context in contexts:
        leave(context)


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_stranger_becomes_a_student_and_a_coach_is_paid(people, drain, javascript):
    travellers = people(javascript=javascript)
    Journey(*travellers, drain).run()
    barriers = [barrier for person in travellers for barrier in person.barriers]
    assert barriers == [], "\n".join(barriers)
    contract = Contract.objects.get()
    assert (contract.state, contract.total_cents) == ("active", 12000)
    assert Transfer.objects.get().amount_cents == 5100
    assert Transfer.objects.get().state == "made"
    assert Review.objects.get().stars == 5
    assert User.objects.get(email="ola@example.org").coach_profile.rating == 5.0
    assert StripeEvent.objects.filter(type="checkout.session.completed", handled_at__isnull=False).count() == 1
    call_command("check_invariants")
