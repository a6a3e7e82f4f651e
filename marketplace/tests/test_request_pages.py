import pytest

from accounts.tests.factories import CoachFactory, SkillFactory, StudentFactory, UserFactory
from marketplace.models import Invitation, SavedRequest
from marketplace.operations import close_by_staff, decline_invitation
from marketplace.tests.factories import InvitationFactory, LearningRequestFactory, ProposalFactory
from marketplace.tests.pages import text_of

pytestmark = pytest.mark.django_db


class TestOwnRequests:
    def test_a_student_sees_their_own_with_the_number_of_proposals(self, client, student):
        own = LearningRequestFactory(student=student, title="My own request")
        ProposalFactory.create_batch(2, request=own)
        ProposalFactory(request=own, state="withdrawn")
        LearningRequestFactory(title="Somebody else's")
        page = text_of(client, "/requests/")
        assert "My own request" in page
        assert "2 proposals to answer" in page
        assert "Read the proposals and choose one." in page
        assert "Somebody else" not in page

    def test_tabs_count_each_state_and_narrow_the_list(self, client, student):
        for state, title in [("open", "Open one"), ("draft", "Draft one"), ("draft", "Draft two")]:
            LearningRequestFactory(student=student, state=state, title=title)
        LearningRequestFactory(state="closed")
        answer = client.get("/requests/")
        assert [(tab["label"], tab["count"]) for tab in answer.context["tabs"]] == [
            ("All", 3),
            ("Draft", 2),
            ("Open", 1),
        ]
        page = text_of(client, "/requests/", state="draft")
        assert "Draft two" in page
        assert "Open one" not in page
        assert "None of your requests is here" in text_of(client, "/requests/", state="expired")
        assert "Open one" in text_of(client, "/requests/", state="no such")

    def test_the_number_of_queries_does_not_grow(self, client, student, django_assert_num_queries):
        LearningRequestFactory(student=student)
        with django_assert_num_queries(5):
            client.get("/requests/")
        for _number in range(19):
            ProposalFactory(request=LearningRequestFactory(student=student))
        with django_assert_num_queries(5):
            assert len(client.get("/requests/").context["page"].rows) == 20


class TestOwnRequest:
    def test_the_student_pauses_opens_and_closes(self, client, student):
        request = LearningRequestFactory(student=student)
        path = f"/requests/{request.pk}/"
        for part, state in [("pause", "paused"), ("reopen", "open"), ("close", "closed"), ("reopen", "open")]:
            assert client.get(path + f"{part}/").status_code == (200 if part == "close" else 405)
            assert client.post(path + f"{part}/").url == path
            request.refresh_from_db()
            assert request.state == state

    def test_a_refusal_becomes_a_message(self, client, student):
        request = LearningRequestFactory(student=student, state="closed")
        path = f"/requests/{request.pk}/"
        response = client.post(path + "pause/", headers={"referer": f"http://testserver{path}"}, follow=True)
        assert "Only an open request can be paused." in response.content.decode()

    @pytest.mark.parametrize("page", ["edit", "close", "discard"])
    def test_where_nothing_can_be_changed_any_more_no_form_is_offered(self, client, student, page):
        own = LearningRequestFactory(student=student, state="matched")
        assert client.get(f"/requests/{own.pk}/{page}/").url == own.get_absolute_url()

    def test_closing_says_first_who_is_declined(self, client, student):
        request = ProposalFactory(request__student=student).request
        assert "1 open proposal is declined" in text_of(client, f"/requests/{request.pk}/close/")

    @pytest.mark.parametrize(
        ("state", "sentence"),
        [
            ("expired", "its time went by and no proposal was accepted"),
            ("closed", "You closed this request."),
            ("paused", "it takes no new proposals"),
            ("matched", "You accepted a proposal."),
        ],
    )
    def test_it_says_why_it_takes_no_proposals(self, client, student, state, sentence):
        request = LearningRequestFactory(student=student, state=state)
        assert sentence in text_of(client, f"/requests/{request.pk}/")

    def test_the_reason_of_staff_is_for_the_student_only(self, client, student, clock):
        request = LearningRequestFactory(student=student)
        coach = ProposalFactory(request=request).coach
        close_by_staff(request, reason="It asks for homework.", by=StudentFactory(is_staff=True), now=clock.now())
        page = text_of(client, f"/requests/{request.pk}/")
        assert "It asks for homework." in page
        assert "Open again" not in page
        client.force_login(coach)
        page = text_of(client, f"/requests/{request.pk}/")
        assert "This request was closed" in page
        assert "homework" not in page

    def test_proposals_invitations_and_fitting_coaches_in_a_constant_number_of_queries(
        self, client, student, django_assert_num_queries
    ):
        request = LearningRequestFactory(student=student, preferred_hours=[18], languages=["en"])
        path = f"/requests/{request.pk}/"
        ProposalFactory(request=request, payment_model="per_hour", rate_cents=6000, session_minutes=45)
        InvitationFactory(request=request)
        CoachFactory()
        client.get(path)
        with django_assert_num_queries(QUERIES):
            page = text_of(client, path)
        for said in ("4 sessions of 45 min", "$60.00 per hour", "$180.00", "Waiting for an answer", "Coaches that fit"):
            assert said in page
        ProposalFactory.create_batch(19, request=request)
        InvitationFactory.create_batch(19, request=request)
        CoachFactory.create_batch(10)
        with django_assert_num_queries(QUERIES):
            answer = client.get(path)
        assert len(answer.context["page"].rows) == 20
        assert len(answer.context["fitting"]) == 6

    def test_a_coach_who_declined_is_shown_with_the_reason(self, client, student, clock):
        invitation = InvitationFactory(request__student=student)
        decline_invitation(invitation, by=invitation.coach, now=clock.now(), reason="I am away until March.")
        assert "I am away until March." in text_of(client, f"/requests/{invitation.request_id}/")


QUERIES = 12


class TestRequestOfAnother:
    def test_a_coach_sees_the_request_and_how_it_fits_but_not_the_proposals_of_others(self, client, coach):
        request = LearningRequestFactory(questions=["Why?"], languages=["es"], sessions_needed=4, budget_cents=24000)
        other = ProposalFactory(request=request)
        page = text_of(client, f"/requests/{request.pk}/")
        for said in ("Why?", "Send a proposal", "How it fits you", "Within the budget", "A language in common", "Save"):
            assert said in page
        assert other.coach.name not in page
        assert request.student.name not in page

    def test_who_has_nothing_to_do_with_it_does_not_find_it(self, client):
        request = LearningRequestFactory()
        for somebody in (StudentFactory(), CoachFactory(profile__state="draft"), UserFactory(is_coach=True)):
            client.force_login(somebody)
            assert client.get(f"/requests/{request.pk}/").status_code == 404

    @pytest.mark.parametrize("state", ["paused", "closed", "matched", "expired"])
    def test_what_is_not_open_is_found_only_by_who_proposed_or_was_invited(self, client, coach, state):
        request = LearningRequestFactory(state=state)
        path = f"/requests/{request.pk}/"
        assert client.get(path).status_code == 404
        proposal = ProposalFactory(request=request, coach=coach, state="declined")
        assert "Declined" in text_of(client, path)
        proposal.delete()
        assert client.get(path).status_code == 404
        InvitationFactory(request=request, coach=coach)
        page = text_of(client, path)
        assert "Send a proposal" not in page
        assert "invites you" not in page

    def test_an_invited_coach_reads_the_message_and_the_ways_to_answer(self, client, coach):
        invitation = InvitationFactory(coach=coach, request__student__name="Aoife Byrne")
        page = text_of(client, f"/requests/{invitation.request_id}/")
        for said in ("Aoife invites you", invitation.message, f"/invitations/{invitation.pk}/decline/"):
            assert said in page
        assert "Byrne" not in page


class TestInviting:
    def invite(self, client, coach, **fields):
        return client.post(f"/coaches/{coach.pk}/invite/", {"message": "Please look."} | fields)

    def test_a_student_invites_to_one_of_their_requests(self, client, student):
        request, coach = LearningRequestFactory(student=student), CoachFactory(name="Lucía Fernández")
        LearningRequestFactory(student=student, title="Another open wish")
        page = text_of(client, f"/coaches/{coach.pk}/invite/", request=request.pk)
        assert f'<option value="{request.pk}" selected>' in page
        assert "Another open wish" in page
        response = self.invite(client, coach, request=request.pk)
        assert response.url == f"/requests/{request.pk}/"
        invitation = Invitation.objects.get()
        assert (invitation.request, invitation.coach, invitation.message) == (request, coach, "Please look.")
        assert "Lucía Fernández is invited." in text_of(client, response.url)

    def test_only_open_requests_that_this_coach_does_not_know_are_offered(self, client, student):
        coach = CoachFactory()
        LearningRequestFactory(student=student, title="A paused wish", state="paused")
        LearningRequestFactory(title="The wish of another")
        InvitationFactory(request__student=student, request__title="Invited before", coach=coach)
        page = text_of(client, f"/coaches/{coach.pk}/invite/")
        assert "No open request to invite to" in page
        for hidden in ("A paused wish", "The wish of another", "Invited before"):
            assert hidden not in page

    def test_the_request_of_another_is_no_choice(self, client, student):
        LearningRequestFactory(student=student)
        response = self.invite(client, CoachFactory(), request=LearningRequestFactory().pk)
        assert response.status_code == 200
        assert not Invitation.objects.exists()

    def test_a_refusal_stands_on_the_form(self, client, student, settings):
        settings.POLICY = settings.POLICY | {"request_invitations": 1}
        request = InvitationFactory(request__student=student).request
        page = self.invite(client, CoachFactory(), request=request.pk).content.decode()
        assert "1 invitations wait for an answer" in page
        assert "Please look." in page

    def test_who_is_not_public_cannot_be_invited_and_who_does_not_learn_becomes_a_student_first(self, client, student):
        hidden = CoachFactory(profile__state="submitted")
        assert client.get(f"/coaches/{hidden.pk}/invite/").status_code == 404
        client.force_login(CoachFactory())
        assert client.get(f"/coaches/{CoachFactory().pk}/invite/").url.startswith("/profile/become/student/")


class TestInvitations:
    def test_a_coach_sees_who_asks_in_a_constant_number_of_queries(self, client, coach, django_assert_num_queries):
        InvitationFactory(coach=coach, request__title="A wish for me")
        InvitationFactory(request__title="A wish for others")
        client.get("/invitations/")
        with django_assert_num_queries(5):
            page = text_of(client, "/invitations/")
        assert "A wish for me" in page
        assert "A wish for others" not in page
        InvitationFactory.create_batch(19, coach=coach)
        with django_assert_num_queries(5):
            assert len(client.get("/invitations/").context["page"].rows) == 20

    def test_a_coach_declines_after_a_question(self, client, coach):
        invitation = InvitationFactory(coach=coach)
        path = f"/invitations/{invitation.pk}/decline/"
        assert "Decline this invitation?" in text_of(client, path)
        assert client.post(path, {"reason": "No time."}).url == "/invitations/"
        invitation.refresh_from_db()
        assert (invitation.state, invitation.decline_reason) == ("declined", "No time.")
        assert "not open any more" in client.post(path, {"reason": "Again."}).content.decode()

    def test_what_has_ended_is_not_declined(self, client, coach):
        ended = InvitationFactory(coach=coach, request__state="closed")
        assert client.get(f"/invitations/{ended.pk}/decline/").url == "/invitations/"

    def test_nobody_else_declines(self, client, coach):
        path = f"/invitations/{InvitationFactory().pk}/decline/"
        assert client.get(path).status_code == client.post(path).status_code == 404

    def test_what_has_ended_is_shown_as_such(self, client, coach):
        InvitationFactory(coach=coach, request__state="closed")
        page = text_of(client, "/invitations/")
        assert "No longer open" in page
        assert "Send a proposal" not in page


class TestSaved:
    def test_a_coach_saves_and_forgets_by_click(self, client, coach):
        request = LearningRequestFactory()
        path = f"/requests/{request.pk}/"
        assert client.get(path + "save/").status_code == 405
        for _twice in range(2):
            back = client.post(path + "save/", headers={"referer": f"http://testserver{path}"})
            assert back.url == f"http://testserver{path}"
        assert SavedRequest.objects.get().coach == coach
        part = client.post(path + "save/", headers={"HX-Request": "true"}).content.decode()
        assert "Saved" in part
        assert "<html" not in part
        assert request.title in text_of(client, "/requests/saved/")
        for _twice in range(2):
            client.post(path + "unsave/")
        assert not SavedRequest.objects.exists()

    def test_what_one_may_no_longer_read_is_only_counted(self, client, coach):
        gone, invited = LearningRequestFactory(title="A secret wish"), LearningRequestFactory(title="A wish for me")
        for request in (gone, invited):
            client.post(f"/requests/{request.pk}/save/")
            request.state = "closed"
            request.save()
        InvitationFactory(request=invited, coach=coach)
        page = text_of(client, "/requests/saved/")
        assert "No longer available" in page
        assert "A secret wish" not in page
        assert "A wish for me" in page
        client.post(f"/requests/{gone.pk}/unsave/")
        assert SavedRequest.objects.get().request == invited

    def test_what_one_may_not_read_cannot_be_saved(self, client, student):
        assert client.post(f"/requests/{LearningRequestFactory().pk}/save/").status_code == 404

    def test_the_number_of_queries_does_not_grow(self, client, coach, clock, django_assert_num_queries):
        def save(count):
            for number in range(count):
                request = LearningRequestFactory(skills=[SkillFactory(name=f"Skill of {number}")])
                SavedRequest.objects.create(coach=coach, request=request, saved_at=clock.now())

        save(1)
        client.get("/requests/saved/")
        with django_assert_num_queries(6):
            client.get("/requests/saved/")
        save(19)
        with django_assert_num_queries(6):
            assert len(client.get("/requests/saved/").context["page"].rows) == 20
