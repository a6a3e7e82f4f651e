import pytest

from accounts.tests.factories import CoachFactory, StudentFactory
from contracts.operations import write_review
from contracts.tests.factories import (
    accepted,
    active,
    drafted,
    held_session,
    opens_all_day,
    scheduled,
    sent,
    session_of,
)
from marketplace.operations import decline_terms, offer_terms
from marketplace.tests.factories import InvitationFactory, LearningRequestFactory, ProposalFactory
from payments.tests.factories import onboard
from scheduling.models import WeeklyHours
from scheduling.operations import hold_time

pytestmark = pytest.mark.django_db


def page_of(client, person, path="/dashboard/"):
    client.force_login(person)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_landing_page_shows_approved_coaches_only(client):
    CoachFactory(name="Lucía Fernández")
    CoachFactory(name="Kofi Boateng", profile__state="draft")
    page = client.get("/").content.decode()
    assert "Lucía Fernández" in page
    assert "Kofi Boateng" not in page
    assert "Become a coach" in page


def test_the_landing_page_names_the_languages_of_a_coach(client):
    CoachFactory()
    page = client.get("/").content.decode()
    assert "Spanish, English" in page
    assert "{{" not in page


def test_the_landing_page_leads_a_person_signed_in_to_their_dashboard(client):
    _bar, page = page_of(client, StudentFactory(), "/").split("<main")
    assert "Go to your dashboard" in page
    assert "Become a coach" not in page


def test_the_landing_page_asks_the_database_the_same_for_1_and_6_coaches(client, django_assert_num_queries):
    CoachFactory()
    with django_assert_num_queries(2):
        client.get("/")
    for _number in range(6):
        CoachFactory()
    with django_assert_num_queries(2):
        client.get("/")


@pytest.mark.parametrize("path", ["/dashboard/", "/money/", "/money/SKZ-2026-000001/"])
def test_pages_about_a_person_ask_who_it_is(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={path}")


@pytest.mark.parametrize("path", ["/", "/dashboard/", "/money/", "/support/"])
@pytest.mark.parametrize("factory", [StudentFactory, CoachFactory])
def test_every_component_is_drawn(client, path, factory):
    assert "<c-" not in page_of(client, factory(), path)


def test_a_student_with_nothing_is_asked_what_to_learn(client):
    page = page_of(client, StudentFactory())
    assert "Nothing waits for you." in page
    assert "What would you like to learn?" in page


def test_a_student_reads_how_many_proposals_wait(client):
    proposal = ProposalFactory(request__title="Spanish for Valencia")
    ProposalFactory(request=proposal.request)
    page = page_of(client, proposal.request.student)
    assert "2 proposals wait for you on “Spanish for Valencia”." in page


def test_a_coach_is_led_to_a_counter_offer_until_it_is_answered(client, clock):
    proposal = ProposalFactory(request__title="Spanish for Valencia", request__student__name="Anna")
    offer_terms(proposal, by=proposal.request.student, now=clock.now(), rate_cents=4500)
    text = "Anna made you a counter-offer for “Spanish for Valencia”."
    assert text in page_of(client, proposal.coach)
    decline_terms(proposal, by=proposal.coach, now=clock.now())
    assert text not in page_of(client, proposal.coach)


def test_a_student_is_led_to_send_and_to_pay(client):
    contract = drafted(coach__name="Lucía")
    assert "Check your contract with Lucía and send it." in page_of(client, contract.student)
    contract = accepted(request__title="Jazz guitar", coach__name="Tomáš")
    assert "Pay for “Jazz guitar” with Tomáš." in page_of(client, contract.student)


def test_a_student_is_led_to_pick_times(client, standin):
    contract = active(standin, coach__name="Lucía")
    assert "4 sessions with Lucía have no time yet." in page_of(client, contract.student)
    scheduled(contract)
    page = page_of(client, contract.student)
    assert "3 sessions with Lucía have no time yet." in page
    assert "with Lucía" in page.partition("Next sessions")[2]


def test_a_student_is_reminded_of_a_time_that_is_kept(client, standin, clock):
    contract = active(standin, coach__name="Lucía")
    first = scheduled(contract)
    later = first.starts_at.replace(hour=18)
    hold_time(session_of(contract, 2), starts_at=later, by=contract.student, now=clock.now())
    assert "Confirm the time with Lucía that is kept for you." in page_of(client, contract.student)
    assert "is kept for you" not in page_of(client, contract.coach)
    clock.advance(minutes=16)
    assert "is kept for you" not in page_of(client, contract.student)


def test_an_open_session_comes_first_for_both(client, standin, clock):
    contract = active(standin, coach__name="Lucía", request__student__name="Anna")
    session = scheduled(contract)
    clock.travel_to(session.starts_at)
    for person, other in [(contract.student, "Lucía"), (contract.coach, "Anna")]:
        page = page_of(client, person)
        first = page.partition('<ul class="list needs">')[2].partition("</li>")[0]
        assert f"Your session with {other} is open." in first
        assert "Ready to join" in page


def test_a_student_is_asked_to_confirm_a_session_while_its_money_is_held(client, standin, clock, drain):
    contract = active(standin, coach__name="Lucía")
    held_session(contract, clock)
    assert "Confirm that your session with Lucía took place." in page_of(client, contract.student)
    assert "took place" not in page_of(client, contract.coach)
    clock.advance(hours=25)
    drain()
    assert "Confirm that" not in page_of(client, contract.student)


def test_a_student_is_asked_for_a_review_until_it_is_written_or_too_late(client, standin, clock):
    contract = active(standin, coach__name="Lucía", session_count=1)
    held_session(contract, clock)
    contract.refresh_from_db()
    assert contract.state == "completed"
    assert "How was learning with Lucía?" in page_of(client, contract.student)
    write_review(contract, by=contract.student, stars=5, now=clock.now())
    assert "How was learning" not in page_of(client, contract.student)


def test_a_coach_is_led_to_answer_a_contract(client):
    contract = sent(request__student__name="Anna")
    assert "Anna sent you a contract." in page_of(client, contract.coach)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("draft", "Finish your profile, so that we can approve it."),
        ("submitted", "We are looking at your profile."),
        ("rejected", "Your profile was not approved: Say more."),
    ],
)
def test_a_coach_reads_how_far_the_profile_is(client, state, sentence):
    coach = CoachFactory(profile__state=state, profile__rejection_reason="Say more." if state == "rejected" else "")
    assert sentence in page_of(client, coach)


def test_that_a_profile_is_looked_at_stands_where_the_page_follows_what_happens(client):
    page = page_of(client, CoachFactory(profile__state="submitted"))
    assert 'hx-select=".columns"' in page
    assert page.index('class="columns"') < page.index("We are looking at your profile.")


def test_a_public_coach_reads_that_the_change_was_not_approved(client, clock):
    coach = CoachFactory(
        profile__state="rejected", profile__rejection_reason="Say more.", profile__approved_at=clock.now()
    )
    page = page_of(client, coach)
    assert "Your change was not approved: Say more." in page
    assert "Your profile was not approved" not in page


def test_a_coach_is_told_what_is_missing_before_work_can_begin(client, standin, clock):
    coach = CoachFactory()
    page = page_of(client, coach)
    assert "Say when you can be booked." in page
    assert "Tell Stripe where your earnings should go." in page
    opens_all_day(coach)
    onboard(coach, standin, now=clock.now())
    assert WeeklyHours.objects.exists()
    page = page_of(client, coach)
    assert "Say when" not in page
    assert "Tell Stripe" not in page
    assert "Nothing waits for you." in page


def test_a_person_with_both_roles_sees_the_one_in_use(client):
    both = CoachFactory(is_student=True)
    assert "Open proposals" in page_of(client, both)
    both.role = "student"
    both.save()
    assert "What you want to learn" in page_of(client, both)


def test_the_navigation_marks_the_page_one_is_on(client):
    page = page_of(client, StudentFactory(), "/money/")
    assert page.count('aria-current="page"') == 1
    assert '<a href="/money/" aria-current="page">' in page


def fill(contract, clock):
    """Give the student of a contract more of everything."""
    for number in range(2, 5):
        scheduled(contract, number, hour=2 * number + 13)
    LearningRequestFactory.create_batch(5, student=contract.student)
    ProposalFactory.create_batch(3, request__student=contract.student)
    ProposalFactory.create_batch(5, coach=contract.coach)


@pytest.mark.parametrize("role", ["student", "coach"])
def test_a_dashboard_takes_at_most_12_queries_however_much_there_is(
    client, standin, clock, role, django_assert_max_num_queries
):
    contract = active(standin)
    scheduled(contract)
    person = getattr(contract, role)
    client.force_login(person)
    with django_assert_max_num_queries(12) as few:
        client.get("/dashboard/")
    fill(contract, clock)
    with django_assert_max_num_queries(12) as many:
        client.get("/dashboard/")
    assert len(many) == len(few)


def test_a_draft_and_an_invitation_are_things_to_do(client):
    invitation = InvitationFactory(request__student__name="Anna Byrne", request__title="Spanish for Valencia")
    LearningRequestFactory(student=invitation.request.student, state="draft", title="")
    assert "Finish “Untitled draft” and post it." in page_of(client, invitation.request.student)
    assert "Anna invites you to send a proposal for “Spanish for Valencia”." in page_of(client, invitation.coach)


def test_what_has_no_name_in_the_navigation_marks_the_part_it_belongs_to(client):
    proposal = ProposalFactory()
    led = '<a href="/requests/" aria-current="page">'
    for person, path in (
        (proposal.coach, "/invitations/"),
        (proposal.coach, proposal.get_absolute_url()),
        (proposal.request.student, "/proposals/"),
    ):
        assert led in page_of(client, person, path), path
