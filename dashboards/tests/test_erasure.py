"""Leaving for good: nothing of the person is left, everything of the others is."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import ProgrammingError, connection, transaction
from django.utils import translation
from rest_framework.test import APIClient

from accounts.models import CoachProfile, User
from accounts.tests.factories import PASSWORD, CoachFactory, StudentFactory
from accounts.tests.signing_in import confirm, sign_in
from contracts.models import Contract, Review
from contracts.tests.factories import accepted, active, drafted, scheduled, sent
from contracts.tests.test_races import at_once
from core import clock as the_clock
from core.events import record
from core.models import Event, OutgoingMail
from core.refused import Refused
from core.registry import invariants
from dashboards.operations import erase_account, reasons_to_stay
from dashboards.tests.lives import EMAIL, NAME, OFFER, SECRET, learnt, somebody, taught, wishes
from marketplace.models import Invitation, LearningRequest, Proposal
from marketplace.operations import accept_proposal, propose
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory
from notifications.models import Notification
from notifications.reactions.contracts import tell_both_of_beginning
from payments.operations import open_incident
from scheduling.models import Session

COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'tsvector', 'inet')
"""
TRACES = ["zyxwv", "qmarker", SECRET.lower()]
BY_ID_ONLY = {  # ids at Stripe, which the books need
    ("payments_stripecustomer", "stripe_id"),
    ("payments_stripeevent", "event_id"),
    ("payments_stripeevent", "payload"),
    ("djstripe_customer", "id"),
    ("djstripe_customer", "stripe_data"),
    ("djstripe_paymentmethod", "customer_id"),
    ("djstripe_paymentmethod", "id"),
    ("djstripe_paymentmethod", "stripe_data"),
}


def traces(of=TRACES):
    """Every column of every table in which a word of the person stands."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        columns = cursor.fetchall()
        assert len(columns) > 300
        found = set()
        for table, column in columns:
            words = " OR ".join([f'"{column}"::text ILIKE %s'] * len(of))
            cursor.execute(f'SELECT 1 FROM "{table}" WHERE {words} LIMIT 1', [f"%{word}%" for word in of])
            if cursor.fetchone():
                found.add((table, column))
    return found


def broken():
    return {name: rows for name, check in invariants.items() if (rows := list(check()))}


def erase(person):
    return erase_account(person, by=person, now=the_clock.now())


def refused(person):
    with pytest.raises(Refused) as refusal:
        erase(person)
    assert refusal.value.code == "not_erasable"
    assert User.objects.get(pk=person.pk).erased_at is None
    return str(refusal.value)


@pytest.fixture(autouse=True)
def somebody_else_works_here(db):
    StudentFactory(is_staff=True, is_superuser=True)


class TestNothingIsLeft:
    def test_not_one_column_of_one_table_knows_the_person(self, standin, clock, drain):
        person = somebody()
        contract = learnt(person, standin, clock)
        life = wishes(person)
        drain()
        before = traces()
        assert {
            ("accounts_user", "name"),
            ("core_outgoingmail", "html"),
            ("notifications_notification", "text"),
        } <= before
        assert len(before) > 40
        erase(person)
        drain()
        assert traces() - BY_ID_ONLY == set()
        assert traces(["o'qmarker", "@example.com zyxwv", SECRET, EMAIL]) == set()
        assert broken() == {}
        contract.refresh_from_db()
        assert str(contract.student) == "Former member"
        assert Review.objects.get(contract=contract).text == "She is patient."
        assert life.offered.pk and Proposal.objects.get(pk=life.offered.pk).cover_letter.startswith("I have taught")

    def test_the_row_says_nothing_and_opens_nothing(self):
        person = erase(somebody())
        assert (person.name, person.email) == ("Former member", f"erased-{person.pk}@erased.invalid")
        assert not (person.is_active or person.is_staff or person.has_usable_password())
        assert person.erased_at == Event.objects.get(name="account_erased").at
        profile = CoachProfile.objects.get(user=person)
        assert (profile.state, profile.is_public, profile.headline, profile.wanted) == ("draft", False, "", {})
        assert not person.authenticator_set.exists() and not person.socialaccount_set.exists()
        assert not EmailAddress.objects.filter(user=person).exists()

    def test_who_has_left_is_shown_in_the_readers_language_and_nothing_of_it_is_kept(self, monkeypatch):
        person = erase(somebody())
        assert User.objects.filter(pk=person.pk).values_list("name", flat=True).get() == ""
        german = {"Former member": "Ehemaliges Mitglied"}
        monkeypatch.setattr(translation._trans, "gettext", lambda words: german.get(words, words))
        read = User.objects.get(pk=person.pk)
        assert (read.name, read.first_name, str(read)) == ("Ehemaliges Mitglied",) * 3

    def test_showing_who_has_left_costs_no_query_and_the_others_keep_their_names(self, django_assert_num_queries):
        contract = drafted()
        student = contract.student.name
        erase(contract.coach)
        with django_assert_num_queries(1):
            row = Contract.objects.select_related("student", "coach").get()
            assert (row.coach.name, row.student.name) == ("Former member", student)

    def test_open_things_end_and_the_others_are_told_without_the_name(self):
        person = somebody()
        life = wishes(person)
        erase(person)
        assert {row.state for row in LearningRequest.objects.filter(student=person)} == {"closed"}
        assert Proposal.objects.get(pk=life.own.pk).state == "withdrawn"
        assert Proposal.objects.get(pk=life.offered.pk).state == "declined"
        assert not Invitation.objects.filter(coach=person, state="sent").exists()
        assert Notification.objects.filter(recipient=life.student, text__contains="Former member").exists()
        assert not Notification.objects.filter(recipient=person).exists()

    def test_the_photo_goes_once_it_is_certain(self, django_capture_on_commit_callbacks):
        person = StudentFactory(photo=ContentFile(b"x", "me.webp"))
        name = person.photo.name
        assert default_storage.exists(name)
        with django_capture_on_commit_callbacks(execute=True):
            erase(person)
        assert not default_storage.exists(name)

    def test_a_last_mail_goes_to_the_old_address_and_is_forgotten_then(self, drain, mailoutbox):
        person = StudentFactory(name=NAME, email=EMAIL)
        erase(person)
        drain()
        [mail] = [each for each in mailoutbox if each.to == [EMAIL]]
        assert mail.subject == "Your account is erased"
        row = OutgoingMail.objects.get(kind="account_erased")
        assert (row.state, row.text, row.html, row.to) == ("sent", "", "", f"erased-{row.pk}@erased.invalid")

    def test_mails_that_wait_are_dropped_except_receipts(self):
        person = StudentFactory(name=NAME, email=EMAIL)
        facts = {"recipient": person, "to": EMAIL, "subject": "s", "text": NAME, "created_at": the_clock.now()}
        for kind, state in [("notice", "planned"), ("receipt", "planned"), ("notice", "sending"), ("notice", "sent")]:
            OutgoingMail.objects.create(kind=kind, key=f"{kind}{state}", state=state, due_at=the_clock.now(), **facts)
        erase(person)
        left = {row.key: (row.text, row.is_last) for row in OutgoingMail.objects.exclude(kind="account_erased")}
        assert left == {"receiptplanned": (NAME, True), "noticesending": (NAME, True), "noticesent": ("", False)}

    def test_another_person_of_that_name_keeps_it_and_longer_words_stay_whole(self):
        namesake, person = StudentFactory(name="Anna"), StudentFactory(name="Anna")
        stranger = StudentFactory()
        event = Event.objects.create(subject_kind="x", subject_id=1, name="x", by=person, at=the_clock.now())
        told = {"event": event, "kind": "x", "url": "/", "made_at": the_clock.now()}
        Notification.objects.create(recipient=stranger, text="Anna wrote", **told)
        staff = User.objects.filter(is_staff=True)[0]
        Notification.objects.create(recipient=staff, text="Anna and Annabel", **told)
        erase(person)
        assert Notification.objects.get(recipient=stranger).text == "Anna wrote"
        assert Notification.objects.get(recipient=staff).text == "Former member and Annabel"
        namesake.refresh_from_db()
        assert namesake.name == "Anna"

    def test_an_address_that_was_never_confirmed_may_be_somebody_elses(self):
        person, owner = StudentFactory(), StudentFactory()
        EmailAddress.objects.create(user=person, email=owner.email, verified=False)
        facts = {"recipient": owner, "to": owner.email, "subject": "s", "state": "sent", "created_at": the_clock.now()}
        OutgoingMail.objects.create(kind="notice", key="n", text=f"To {owner.email}", due_at=the_clock.now(), **facts)
        erase(person)
        mail = OutgoingMail.objects.get(key="n")
        assert (mail.to, mail.text) == (owner.email, f"To {owner.email}")
        assert not EmailAddress.objects.filter(user=person).exists()

    @pytest.mark.parametrize("name", ["Your", "coach"])
    def test_who_is_called_like_a_word_takes_it_from_nobody(self, standin, clock, drain, name):
        person = StudentFactory(name=name)
        contract = learnt(person, standin, clock)
        stranger, staff = contract.coach, User.objects.filter(is_staff=True)[0]
        others = active(standin, session_count=1, coach=stranger)
        tell_both_of_beginning(others, event := record(others, "told_again", by=None, at=the_clock.now()))
        text = "Your session with a coach is on. Your coach is there."
        Notification.objects.filter(event=event).update(text=text)
        mails = OutgoingMail.objects.filter(key=f"event:{event.pk}")
        assert mails.update(subject=text, text=text, html=text) == 1
        log = {"user": staff, "action_flag": CHANGE, "change_message": text}
        kind = ContentType.objects.get_for_model(User)
        LogEntry.objects.create(content_type=kind, object_id=stranger.pk, object_repr="A coach", **log)
        theirs = LogEntry.objects.create(content_type=kind, object_id=person.pk, object_repr=name, **log)
        erase(person)
        assert set(Notification.objects.filter(event=event).values_list("text", flat=True)) == {text}
        assert mails.values_list("subject", "text", "html").get() == (text, text, text)
        assert LogEntry.objects.get(object_repr="A coach").change_message == text
        theirs.refresh_from_db()
        assert theirs.object_repr == "Former member"
        reviewed = Notification.objects.get(recipient=stranger, event__name="review_written")
        assert reviewed.text.startswith("Former member reviewed")

    def test_what_is_erased_can_not_come_back(self):
        person = StudentFactory()
        stale = User.objects.get(pk=person.pk)
        erase(person)
        with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
            stale.save()

    def test_the_second_time_changes_nothing(self):
        person = StudentFactory()
        first = erase(person)
        assert erase(person).erased_at == first.erased_at
        assert OutgoingMail.objects.filter(kind="account_erased").count() == 1

    def test_nobody_erases_somebody_else_not_even_staff(self):
        person = StudentFactory()
        for other in (StudentFactory(), User.objects.filter(is_superuser=True)[0]):
            with pytest.raises(PermissionDenied):
                erase_account(person, by=other, now=the_clock.now())


class TestRefusals:
    def test_money_that_is_held_and_a_session_that_is_due_keep_both_people(self, standin):
        contract = active(standin, session_count=2)
        scheduled(contract)
        for person in (contract.student, contract.coach):
            sentence = refused(person)
            assert "1 session of yours is still due." in sentence
            assert "$100.00 is still held or on its way back." in sentence
            assert "1 contract of yours is still open" in sentence

    @pytest.mark.parametrize("made", [drafted, sent, accepted])
    def test_a_contract_that_is_not_paid_keeps_its_student(self, made):
        assert "1 contract of yours is still open" in refused(made().student)

    def test_a_draft_that_the_coach_never_saw_is_called_off(self):
        contract = drafted()
        erase(contract.coach)
        contract.refresh_from_db()
        assert contract.state == Contract.State.CANCELLED

    def test_released_money_on_its_way_keeps_the_coach_and_not_the_student(self, standin, clock):
        contract = taught(CoachFactory(), standin, clock)
        assert "$42.50 is still on its way to you." in refused(contract.coach)
        erase(contract.student)

    def test_an_open_outcome_keeps_both(self, standin, clock):
        contract = learnt(StudentFactory(), standin, clock)
        Session.objects.update(outcome=Session.Outcome.UNCLEAR)
        for person in (contract.student, contract.coach):
            assert "not settled yet whether a session" in refused(person)

    def test_a_payment_under_way_keeps_the_payer(self, standin, clock):
        from contracts.operations import cancel_contract
        from contracts.tests.factories import paying

        contract = accepted()
        paying(contract, standin)
        contract.refresh_from_db()
        cancel_contract(contract, by=contract.student, now=the_clock.now())
        assert refused(contract.student) == "A payment of yours is not finished yet."

    def test_an_incident_keeps_the_person(self, standin, clock):
        contract = learnt(StudentFactory(), standin, clock)
        open_incident("odd", key="odd", subject=contract.escrow, now=the_clock.now())
        assert refused(contract.student) == "Our staff are looking into a payment of yours."

    def test_the_last_administrator_stays(self):
        admin = User.objects.get(is_superuser=True)
        StudentFactory(is_superuser=True, is_active=False)
        assert "last administrator" in refused(admin)
        StudentFactory(is_staff=True, is_superuser=True)
        assert erase(admin).is_staff is False

    def test_nothing_is_ended_when_it_is_refused(self):
        contract = accepted()
        request = LearningRequestFactory(student=contract.student)
        refused(contract.student)
        request.refresh_from_db()
        assert request.state == "open"


class TestPages:
    def enter(self, client, person):
        sign_in(client, person)
        confirm(client, client.get("/profile/erase/"))

    def test_who_leaves_types_the_address_is_signed_out_and_can_begin_anew(self, client, clock):
        person = StudentFactory(name=NAME, email=EMAIL)
        self.enter(client, person)
        assert "This cannot be undone" in client.get("/profile/erase/").content.decode()
        assert client.post("/profile/erase/", {"email": "other@example.com"}).status_code == 200
        assert User.objects.get(pk=person.pk).erased_at is None
        answer = client.post("/profile/erase/", {"email": EMAIL.upper()}, follow=True)
        assert "Your account is erased" in answer.content.decode()
        assert client.get("/dashboard/").status_code == 302
        unknown = client.post("/accounts/login/", {"login": "nobody@example.com", "password": PASSWORD})
        gone = client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
        assert (gone.status_code, gone.context["form"].errors) == (unknown.status_code, unknown.context["form"].errors)
        fresh = StudentFactory(email=EMAIL)
        assert fresh.pk != person.pk

    def test_both_pages_ask_again_who_is_there(self, client):
        client.force_login(StudentFactory())
        for path in ("/profile/erase/", "/profile/data/"):
            assert client.get(path).url.startswith("/accounts/reauthenticate/")
        assert client.post("/profile/data/download/").url.startswith("/accounts/reauthenticate/")
        assert client.post("/profile/erase/", {"email": "x"}).url.startswith("/accounts/reauthenticate/")

    def test_the_page_names_every_reason_and_has_no_button(self, client, standin):
        contract = active(standin, session_count=2)
        scheduled(contract)
        self.enter(client, contract.student)
        page = client.get("/profile/erase/").content.decode()
        for reason in reasons_to_stay(contract.student):
            assert reason in page
        assert "Erase it for good" not in page

    def test_the_other_side_still_reads_its_history(self, client, standin, clock, drain):
        person = StudentFactory(name=NAME)
        contract = learnt(person, standin, clock)
        proposal = contract.proposal
        drain()
        erase(person)
        client.force_login(contract.coach)
        pages = [contract, proposal, proposal.request, contract.bookings.get().session]
        for path in [*(each.get_absolute_url() for each in pages), f"/coaches/{contract.coach_id}/reviews/", "/contracts/",
                     "/dashboard/", "/money/", f"/money/{contract.number}/", "/notifications/"]:  # fmt: skip
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert NAME not in answer.content.decode()
        assert "Former member" in client.get(contract.get_absolute_url()).content.decode()

    def test_an_erased_coach_is_found_nowhere(self, client):
        coach = CoachFactory(name=NAME)
        erase(coach)
        assert client.get(f"/coaches/{coach.pk}/").status_code == 404
        assert client.get(f"/coaches/{coach.pk}/card.png").status_code == 404
        assert client.get(f"/coaches/{coach.pk}/reviews/").status_code == 404
        assert NAME not in client.get("/coaches/").content.decode()

    def test_staff_see_when_somebody_left(self, client):
        person = erase(StudentFactory())
        client.force_login(User.objects.filter(is_superuser=True)[0])
        page = client.get(f"/admin/accounts/user/{person.pk}/change/").content.decode()
        assert "Former member" in page and "Erased at:" in page


class TestApi:
    def ask(self, person, **body):
        client = APIClient()
        client.force_authenticate(person)
        return client.post("/api/v1/me/erase/", body, format="json")

    def test_the_password_confirms(self):
        person = StudentFactory()
        wrong = self.ask(person, confirm="something else")
        assert (wrong.status_code, list(wrong.json()["fields"])) == (400, ["confirm"])
        assert self.ask(person, confirm=PASSWORD).status_code == 204
        assert User.objects.get(pk=person.pk).erased_at

    def test_without_a_password_the_address_does(self):
        person = StudentFactory()
        person.set_unusable_password()
        person.save()
        assert self.ask(person, confirm=PASSWORD).status_code == 400
        assert self.ask(person, confirm=person.email).status_code == 204

    def test_a_refusal_has_its_code_and_all_reasons(self):
        answer = self.ask(accepted().student, confirm=PASSWORD)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_erasable")

    def test_passwords_cannot_be_guessed_here(self):
        person = StudentFactory()
        answers = [self.ask(person, confirm="guess").status_code for _n in range(12)]
        assert answers[:10] == [400] * 10 and answers[-1] == 429


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_who_is_leaving_cannot_propose_at_the_same_moment(self):
        for _round in range(4):
            coach, request = CoachFactory(), LearningRequestFactory()
            left, proposed = at_once(
                lambda coach=coach: erase(coach).erased_at is not None,
                lambda coach=coach, request=request: (
                    propose(request, by=coach, now=the_clock.now(), answers={}, **OFFER).state
                ),
            )
            assert left is True
            assert proposed in {"open", "account_closed", "coach_not_approved"}
            assert not Proposal.objects.filter(coach=coach, state="open").exists()
            assert not Proposal.objects.filter(coach=coach).exclude(cover_letter="").exists()

    def test_accepting_and_leaving_at_the_same_moment_is_one_or_the_other(self):
        for who in ("coach", "student") * 3:
            proposal = ProposalFactory()
            student = proposal.request.student
            person = proposal.coach if who == "coach" else student
            left, accepted_ = at_once(
                lambda person=person: erase(person).erased_at is not None,
                lambda proposal=proposal, student=student: (
                    accept_proposal(proposal, by=student, now=the_clock.now()).state
                ),
            )
            contracts = Contract.objects.filter(proposal=proposal)
            if accepted_ == "accepted" and who == "student":
                assert (left, contracts.get().state) == ("not_erasable", "draft")
            elif accepted_ == "accepted":
                assert (left, contracts.get().state) == (True, "cancelled")
            else:
                assert (left, contracts.exists()) == (True, False)

    def test_without_the_lock_somebody_who_left_has_an_open_proposal(self, monkeypatch):
        """The control: the coach is read as present, leaves, and the proposal is sent all the same."""
        from marketplace.operations import proposals

        coach, request = CoachFactory(), LearningRequestFactory()
        check = proposals._check_coach

        def and_then_the_coach_leaves(*args):
            profile = check(*args)
            assert at_once(lambda: erase(coach).name) == ["Former member"]
            return profile

        monkeypatch.setattr(proposals, "lock_members", lambda ids: [])
        monkeypatch.setattr(proposals, "_check_coach", and_then_the_coach_leaves)
        propose(request, by=coach, now=the_clock.now(), answers={}, **OFFER)
        assert Proposal.objects.filter(coach=coach, state="open").exists()

    def test_erasing_twice_at_once_is_once(self):
        person = StudentFactory()
        assert at_once(*[lambda: erase(person).name] * 4) == ["Former member"] * 4
        assert Event.objects.filter(name="account_erased").count() == 1
