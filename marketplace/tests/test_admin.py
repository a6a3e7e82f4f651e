import pytest

from accounts.models import User
from accounts.tests.factories import StudentFactory
from marketplace.operations import accept_proposal, offer_terms
from marketplace.tests.factories import ProposalFactory

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
