import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from accounts.tests.factories import StudentFactory
from marketplace.operations import accept_proposal, decline_invitation, offer_terms
from marketplace.tests.factories import InvitationFactory, LearningRequestFactory, ProposalFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def boss(client):
    client.force_login(User.objects.create_superuser("boss@example.com", name="Boss"))


def test_staff_read_requests_and_proposals_with_their_timeline(client, clock):
    proposal = ProposalFactory(request__questions=["Why?"])
    accept_proposal(proposal, by=proposal.request.student, now=clock.now())
    for model, pk in (("learningrequest", proposal.request_id), ("proposal", proposal.pk)):
        assert client.get(f"/admin/marketplace/{model}/?q=a").status_code == 200
        assert client.get(f"/admin/marketplace/{model}/{pk}/change/").status_code == 200
    page = client.get(f"/admin/marketplace/proposal/{proposal.pk}/change/").content.decode()
    assert "proposal_accepted" in page


def test_staff_read_the_thread_of_a_proposal_and_change_nothing_in_it(client, clock, django_assert_max_num_queries):
    proposal = ProposalFactory()
    student = proposal.request.student
    for rate in range(4500, 4519):
        offer_terms(proposal, by=student, now=clock.now(), rate_cents=rate, message="Could we <i>meet</i>?")
    with django_assert_max_num_queries(30):
        page = client.get(f"/admin/marketplace/proposal/{proposal.pk}/change/").content.decode()
    for shown in ("$45.18", "$180.72", "Could we &lt;i&gt;meet&lt;/i&gt;?", "terms_offered"):
        assert shown in page
    assert 'name="thread-0-rate_cents"' not in page


def test_nobody_moves_a_state_by_saving(client):
    proposal = ProposalFactory()
    assert client.post(f"/admin/marketplace/proposal/{proposal.pk}/change/", {"state": "accepted"}).status_code == 403
    proposal.refresh_from_db()
    assert proposal.state == "open"


def test_students_do_not_get_in(client):
    client.force_login(StudentFactory())
    assert client.get("/admin/marketplace/proposal/").status_code == 302


class TestRequests:
    @pytest.fixture
    def support(self, client):
        person = StudentFactory(is_staff=True)
        person.groups.add(Group.objects.get(name="support"))
        client.force_login(person)
        return person

    def test_support_finds_requests_and_invitations_and_reads_what_happened(self, client, support, clock):
        invitation = InvitationFactory(request__title="Spanish for Valencia", message="Please look.")
        decline_invitation(invitation, by=invitation.coach, now=clock.now(), reason="No time.")
        for model in ("learningrequest", "invitation", "savedrequest"):
            assert client.get(f"/admin/marketplace/{model}/?q=valencia").status_code == 200
        page = client.get(f"/admin/marketplace/invitation/{invitation.pk}/change/").content.decode()
        assert "invitation_declined" in page
        page = client.get(f"/admin/marketplace/learningrequest/{invitation.request_id}/change/").content.decode()
        for said in ("Please look.", "No time."):
            assert said in page

    def test_support_closes_with_a_reason_and_it_is_recorded(self, client, support):
        request = LearningRequestFactory()
        path = f"/admin/marketplace/learningrequest/{request.pk}/actions/close/"
        assert "Close" in client.get(f"/admin/marketplace/learningrequest/{request.pk}/change/").content.decode()
        assert client.get(path).status_code == 200
        assert "This field is required." in client.post(path, {"reason": "  "}).content.decode()
        assert client.post(path, {"reason": "It asks for homework."}).status_code == 302
        request.refresh_from_db()
        assert (request.state, request.close_reason) == ("closed", "It asks for homework.")
        page = client.get(f"/admin/marketplace/learningrequest/{request.pk}/change/").content.decode()
        assert "request_closed_by_staff" in page
        assert "actions/close" not in page
        assert "Only an open or paused request" in client.post(path, {"reason": "Again."}).content.decode()

    def test_staff_without_the_right_do_not_close(self, client):
        person = StudentFactory(is_staff=True)
        person.groups.add(Group.objects.get(name="finance"))
        client.force_login(person)
        request = LearningRequestFactory()
        path = f"/admin/marketplace/learningrequest/{request.pk}/actions/close/"
        assert client.post(path, {"reason": "No."}).status_code in {302, 403}
        request.refresh_from_db()
        assert request.state == "open"
