import pytest

from accounts.tests.factories import CoachFactory, StudentFactory
from marketplace.models import Invitation, SavedRequest
from marketplace.tests.factories import InvitationFactory, LearningRequestFactory
from marketplace.tests.test_api import client_of, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def student():
    return StudentFactory(name="Aoife Byrne")


@pytest.fixture
def coach():
    return CoachFactory(name="Lucía Fernández")


def test_strangers_are_nobody():
    for path in ("invitations/", "invitations/1/", "saved/"):
        assert client_of().get(f"/api/v1/{path}").status_code == 401
    for path in ("invitations/", "invitations/1/decline/", "saved/"):
        assert post(None, path).status_code == 401


class TestInvitations:
    def test_a_student_invites_and_both_read_it(self, student, coach):
        request = LearningRequestFactory(student=student)
        response = post(student, "invitations/", {"request": request.pk, "coach": coach.pk, "message": "Please look."})
        answer = response.json()
        assert response.status_code == 201
        assert answer.pop("sent_at")[-1] == "Z"
        assert answer == {
            "id": Invitation.objects.get().pk,
            "request": request.pk,
            "title": request.title,
            "student": {"id": student.pk, "name": "Aoife"},
            "coach": {"id": coach.pk, "name": "Lucía Fernández"},
            "state": "sent",
            "is_open": True,
            "message": "Please look.",
            "decline_reason": "",
            "answered_at": None,
        }
        path = f"/api/v1/invitations/{answer['id']}/"
        assert client_of(student).get(path).json() == client_of(coach).get(path).json()
        assert client_of(CoachFactory()).get(path).status_code == 404
        etag = client_of(coach).get(path).headers["ETag"]
        assert client_of(coach).get(path, headers={"If-None-Match": etag}).status_code == 304

    def test_wrong_values_are_named(self, student, coach):
        own = LearningRequestFactory(student=student)
        sent = {"request": own.pk, "coach": coach.pk}
        hidden = CoachFactory(profile__state="submitted")
        changes = [
            ({"request": LearningRequestFactory().pk}, "request"),
            ({"request": "x"}, "request"),
            ({"coach": hidden.pk}, "coach"),
            ({"coach": 10**30}, "coach"),
            ({"message": "x" * 1001}, "message"),
        ]
        for change, field in changes:
            answer = post(student, "invitations/", sent | change)
            assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])

    def test_the_second_time_is_refused_and_the_same_key_gives_the_same_answer(self, student, coach):
        sent = {"request": LearningRequestFactory(student=student).pk, "coach": coach.pk}
        first = post(student, "invitations/", sent, **{"Idempotency-Key": "one"})
        assert post(student, "invitations/", sent, **{"Idempotency-Key": "one"}).json() == first.json()
        refused = post(student, "invitations/", sent)
        assert (refused.status_code, refused.json()["code"]) == (409, "already_invited")

    def test_a_coach_declines_once(self, coach):
        path = f"invitations/{InvitationFactory(coach=coach).pk}/decline/"
        answer = post(coach, path, {"reason": "No time."}).json()
        assert (answer["state"], answer["decline_reason"], answer["is_open"]) == ("declined", "No time.", False)
        assert post(coach, path).json()["code"] == "invitation_not_open"

    def test_the_student_may_not_decline_and_others_do_not_find_it(self):
        invitation = InvitationFactory()
        path = f"invitations/{invitation.pk}/decline/"
        assert post(invitation.request.student, path).status_code == 403
        assert post(CoachFactory(), path).status_code == 404

    def test_the_list_is_filtered_in_a_constant_number_of_queries(self, coach, django_assert_num_queries):
        first = InvitationFactory(coach=coach)
        InvitationFactory()

        def ids(**query):
            return [row["id"] for row in client_of(coach).get("/api/v1/invitations/", query).json()["results"]]

        with django_assert_num_queries(1):
            assert ids() == [first.pk]
        InvitationFactory.create_batch(18, coach=coach)
        declined = InvitationFactory(coach=coach, state="declined")
        with django_assert_num_queries(1):
            assert len(ids()) == 20
        assert ids(state="declined") == [declined.pk]
        assert ids(request=first.request_id) == [first.pk]


class TestSaved:
    def test_a_coach_saves_twice_and_forgets_twice(self, coach):
        request = LearningRequestFactory()
        for _twice in range(2):
            answer = post(coach, "saved/", {"request": request.pk})
            assert (answer.status_code, answer.json()["request"]["title"]) == (200, request.title)
        assert SavedRequest.objects.count() == 1
        for _twice in range(2):
            assert client_of(coach).delete(f"/api/v1/saved/{request.pk}/").status_code == 204
        assert not SavedRequest.objects.exists()

    def test_what_one_may_not_read_is_null_or_not_found(self, coach):
        request = LearningRequestFactory()
        post(coach, "saved/", {"request": request.pk})
        request.state = "closed"
        request.save()
        [row] = client_of(coach).get("/api/v1/saved/").json()["results"]
        assert (row["request_id"], row["request"]) == (request.pk, None)
        assert post(CoachFactory(), "saved/", {"request": request.pk}).status_code == 404

    def test_who_does_not_teach_is_refused(self, student):
        answer = post(student, "saved/", {"request": LearningRequestFactory(student=student).pk})
        assert (answer.status_code, answer.json()["code"]) == (409, "own_request")
        assert list(post(student, "saved/", {"request": "x"}).json()["fields"]) == ["request"]

    def test_the_list_has_a_constant_number_of_queries(self, coach, clock, django_assert_num_queries):
        def save(count):
            requests = LearningRequestFactory.create_batch(count, questions=["Why?"])
            SavedRequest.objects.bulk_create(
                SavedRequest(coach=coach, request=request, saved_at=clock.now()) for request in requests
            )

        save(1)
        with django_assert_num_queries(3):
            client_of(coach).get("/api/v1/saved/")
        save(19)
        with django_assert_num_queries(3):
            assert len(client_of(coach).get("/api/v1/saved/").json()["results"]) == 20
