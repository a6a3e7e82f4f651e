"""Leaving for good: nothing of the person is left, everything of the others is."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import ProgrammingError, transaction
from django.utils import translation

from accounts.models import CoachProfile, User
from accounts.tests.factories import StudentFactory
from contracts.models import Contract, Review
from contracts.tests.factories import accepted, active, drafted, sent
from core import clock as the_clock
from core.events import record
from core.models import Event, OutgoingMail
from dashboards.operations import erase_account
from dashboards.tests.leaving import BY_ID_ONLY, broken, erase, refused, traces
from dashboards.tests.lives import EMAIL, NAME, SECRET, learnt, somebody, wishes
from marketplace.models import Invitation, LearningRequest, Proposal
from marketplace.tests.factories import LearningRequestFactory
from notifications.models import Notification
from notifications.reactions.contracts import tell_both_of_beginning
from scheduling.models import Session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("somebody_else_works_here")]


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
            ("marketplace_termstemplate", "name"),
            ("contracts_changerequest", "words"),
            ("contracts_contract", "end_reason"),
            ("contracts_cancellation", "reason"),
            ("contracts_groupoffer", "description"),
            ("scheduling_move", "reason"),
            ("scheduling_session", "title"),
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
    @pytest.mark.parametrize("made", [drafted, sent, accepted])
    def test_a_contract_that_is_not_paid_keeps_its_student(self, made):
        assert "1 contract of yours is still open" in refused(made().student)

    def test_a_draft_that_the_coach_never_saw_is_called_off(self):
        contract = drafted()
        erase(contract.coach)
        contract.refresh_from_db()
        assert contract.state == Contract.State.CANCELLED

    def test_an_open_outcome_keeps_both(self, standin, clock):
        contract = learnt(StudentFactory(), standin, clock)
        Session.objects.update(outcome=Session.Outcome.UNCLEAR)
        for person in (contract.student, contract.coach):
            assert "not settled yet whether a session" in refused(person)

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
