from datetime import time

import pytest

from accounts.tests.factories import CoachFactory, StudentFactory
from marketplace.models import Proposal
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory
from marketplace.tests.test_api import LETTER, client_of, post
from scheduling.tests.factories import NOW, CalendarFactory

pytestmark = pytest.mark.django_db


def patch(user, proposal, data):
    return client_of(user).patch(f"/api/v1/proposals/{proposal.pk}/", data, format="json")


@pytest.fixture
def coach():
    return CoachFactory(name="Lucía Fernández")


class TestProposals:
    def offer(self, request, **change):
        questions = request.screening_questions.all()
        return {
            "request": request.pk,
            "cover_letter": LETTER,
            "payment_model": "per_hour",
            "rate": {"amount_cents": 6000, "currency": "usd"},
            "session_count": 4,
            "session_minutes": 45,
            "answers": [{"question": question.pk, "text": "Because."} for question in questions],
        } | change

    def test_a_coach_proposes(self, coach):
        request = LearningRequestFactory(questions=["Why?"])
        response = post(coach, "proposals/", self.offer(request))
        assert response.status_code == 201
        answer = response.json()
        total = {"amount_cents": 18000, "currency": "usd"}
        assert answer["coach"] == {"id": coach.pk, "name": "Lucía Fernández"}
        assert answer["rate"] == answer["hourly_rate"] == {"amount_cents": 6000, "currency": "usd"}
        assert answer["expected_total"] == total
        assert answer["payment_schedule"] == [
            {"due": "upfront", "amount": total, "first_session": 1, "last_session": 4}
        ]
        assert answer["answers"] == [{"question": request.screening_questions.get().pk, "text": "Because."}]
        assert (answer["state"], answer["accepted_at"], answer["accepted_terms"]) == ("open", None, False)

    def test_per_session_there_is_no_hourly_rate(self):
        proposal = ProposalFactory()
        assert client_of(proposal.coach).get(f"/api/v1/proposals/{proposal.pk}/").json()["hourly_rate"] is None

    def test_the_same_key_sends_one_proposal_and_gives_the_same_answer(self, coach):
        offer = self.offer(LearningRequestFactory())
        first = post(coach, "proposals/", offer, **{"Idempotency-Key": "one"})
        again = post(coach, "proposals/", offer, **{"Idempotency-Key": "one"})
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        other = post(coach, "proposals/", offer | {"session_count": 5}, **{"Idempotency-Key": "one"})
        assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"cover_letter": "Short"}, "cover_letter"),
            ({"rate": {"amount_cents": 6000, "currency": "eur"}}, "rate"),
            ({"rate": {"amount_cents": 0, "currency": "usd"}}, "rate"),
            ({"rate": 60}, "rate"),
            ({"session_count": 101}, "session_count"),
            ({"session_minutes": 14}, "session_minutes"),
            ({"payment_model": "barter"}, "payment_model"),
            ({"answers": [{"question": "x", "text": ""}]}, "answers"),
            ({"answers": "Yes"}, "answers"),
            ({"request": "x"}, "request"),
            ({"request": 10**30}, "request"),
        ],
    )
    def test_wrong_values_are_named(self, coach, change, field):
        response = post(coach, "proposals/", self.offer(LearningRequestFactory()) | change)
        assert (response.status_code, list(response.json()["fields"])) == (400, [field])

    def test_refusals_have_their_codes(self, coach):
        request = LearningRequestFactory(questions=["Why?"])

        def code(**change):
            response = post(coach, "proposals/", self.offer(request, **change))
            return response.status_code, response.json()["code"]

        assert code(answers=[]) == (409, "answers_missing")
        assert code(rate={"amount_cents": 100, "currency": "usd"}) == (409, "below_minimum")
        post(coach, "proposals/", self.offer(request))
        assert code() == (409, "already_proposed")

    def test_what_one_may_not_see_one_does_not_find(self):
        request = LearningRequestFactory()
        for somebody in (StudentFactory(), CoachFactory(profile__state="submitted")):
            assert post(somebody, "proposals/", self.offer(request)).status_code == 404

    def test_nobody_proposes_on_their_own_request(self):
        both = CoachFactory(is_student=True)
        response = post(both, "proposals/", self.offer(LearningRequestFactory(student=both)))
        assert (response.status_code, response.json()["code"]) == (409, "own_request")

    def test_the_student_accepts_once(self):
        proposal = ProposalFactory()
        student, path = proposal.request.student, f"proposals/{proposal.pk}/accept/"
        answer = post(student, path).json()
        assert (answer["state"], answer["accepted_terms"]) == ("accepted", True)
        again = post(student, path)
        assert (again.status_code, again.json()["code"]) == (409, "already_accepted")

    def test_the_same_key_accepts_once_and_gives_the_same_answer(self):
        proposal = ProposalFactory()
        key = {"Idempotency-Key": "accept"}
        answers = [post(proposal.request.student, f"proposals/{proposal.pk}/accept/", {}, **key) for _n in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].json() == answers[1].json()

    def test_only_the_terms_that_were_seen_are_accepted(self):
        proposal = ProposalFactory()
        post(proposal.coach, f"proposals/{proposal.pk}/counter/", {"session_count": 5})
        student, path = proposal.request.student, f"proposals/{proposal.pk}/accept/"
        stale = post(student, path, {"terms": 1})
        assert (stale.status_code, stale.json()["code"]) == (409, "terms_changed")
        assert post(student, path, {"terms": "x"}).status_code == 400
        assert post(student, path, {"terms": 2}).json()["session_count"] == 5

    def test_terms_that_were_not_seen_are_not_replaced(self):
        proposal = ProposalFactory()
        student, path = proposal.request.student, f"proposals/{proposal.pk}/"
        post(student, f"{path}counter/", {"session_count": 5})
        unread = {"session_count": 6, "terms": 1}
        for stale in (post(proposal.coach, f"{path}counter/", unread), patch(proposal.coach, proposal, unread)):
            assert (stale.status_code, stale.json()["code"]) == (409, "terms_changed")
        assert post(proposal.coach, f"{path}counter/", {"session_count": 6, "terms": 2}).json()["terms_number"] == 3

    def test_each_side_has_its_steps(self):
        declined, withdrawn = ProposalFactory(), ProposalFactory()
        said = {"because": "price", "reason": "Too dear."}
        answer = post(declined.request.student, f"proposals/{declined.pk}/decline/", said).json()
        assert (answer["state"], answer["declined_because"], answer["decline_reason"]) == ("declined", *said.values())
        assert post(withdrawn.coach, f"proposals/{withdrawn.pk}/withdraw/").json()["state"] == "withdrawn"

    @pytest.mark.parametrize("said", [{"because": "another_accepted"}, {"because": 7}, {"reason": "x" * 501}])
    def test_a_reason_is_one_of_those_or_short(self, said):
        proposal = ProposalFactory()
        response = post(proposal.request.student, f"proposals/{proposal.pk}/decline/", said)
        assert (response.status_code, list(response.json()["fields"])) == (400, list(said))

    def test_the_other_side_is_forbidden_and_strangers_find_nothing(self):
        proposal = ProposalFactory()
        for verb in ("accept", "decline"):
            assert post(proposal.coach, f"proposals/{proposal.pk}/{verb}/").status_code == 403
        for verb in ("withdraw", "agree", "decline-terms"):
            assert post(proposal.request.student, f"proposals/{proposal.pk}/{verb}/").status_code == 403
        assert patch(proposal.request.student, proposal, {"cover_letter": LETTER * 2}).status_code == 403
        for verb in ("accept", "decline", "withdraw", "counter", "agree", "decline-terms"):
            assert post(CoachFactory(), f"proposals/{proposal.pk}/{verb}/").status_code == 404
        assert patch(CoachFactory(), proposal, {}).status_code == 404
        assert Proposal.objects.get().state == "open"

    def test_the_detail_has_every_version_and_says_what_changed(self):
        proposal = ProposalFactory()
        offer = {"rate": {"amount_cents": 4500, "currency": "usd"}, "session_count": 6, "message": "Could we?"}
        answer = post(proposal.request.student, f"proposals/{proposal.pk}/counter/", offer).json()
        assert (answer["rate"]["amount_cents"], answer["terms_number"], answer["has_counter"]) == (5000, 1, True)
        first, second = answer["thread"]
        assert (first["state"], first["changed"], first["offered_by"]) == ("standing", [], "coach")
        assert (second["state"], second["changed"], second["message"]) == (
            "waiting",
            ["rate", "session_count"],
            "Could we?",
        )
        assert second["expected_total"] == {"amount_cents": 27000, "currency": "usd"}
        assert second["session_minutes"] == 60
        assert client_of(proposal.coach).get(f"/api/v1/proposals/{proposal.pk}/").json() == answer

    def test_the_coach_answers_the_counter_offer_that_was_seen(self):
        proposal = ProposalFactory()
        path = f"proposals/{proposal.pk}/"
        for minutes in (45, 50):
            post(proposal.request.student, path + "counter/", {"session_minutes": minutes})
        stale = post(proposal.coach, path + "agree/", {"terms": 2})
        assert (stale.status_code, stale.json()["code"]) == (409, "terms_changed")
        agreed = post(proposal.coach, path + "agree/", {"terms": 3}).json()
        assert (agreed["session_minutes"], agreed["terms_number"], agreed["has_counter"]) == (50, 3, False)
        assert [version["state"] for version in agreed["thread"]] == ["replaced", "replaced", "standing"]
        post(proposal.request.student, path + "counter/", {"session_minutes": 30})
        declined = post(proposal.coach, path + "decline-terms/").json()
        assert [version["state"] for version in declined["thread"]][2:] == ["standing", "declined"]
        assert post(proposal.coach, path + "agree/").json()["code"] == "no_counter_offer"

    @pytest.mark.parametrize(
        ("offer", "status", "code", "fields"),
        [
            ({"rate": {"amount_cents": 4500, "currency": "eur"}}, 400, "invalid", ["rate"]),
            ({"rate": {"currency": "usd"}}, 400, "invalid", ["rate"]),
            ({"session_count": 0}, 400, "invalid", ["session_count"]),
            ({"session_minutes": 241}, 400, "invalid", ["session_minutes"]),
            ({"payment_model": "barter"}, 400, "invalid", ["payment_model"]),
            ({"message": "x" * 1001}, 400, "invalid", ["message"]),
            ({"rate": {"amount_cents": 999, "currency": "usd"}}, 409, "below_minimum", ["rate"]),
            ({"rate": {"amount_cents": 99_999_999, "currency": "usd"}}, 409, "above_maximum", ["rate"]),
            ({"message": "The same again"}, 409, "terms_unchanged", []),
            ({}, 409, "terms_unchanged", []),
        ],
    )
    def test_a_counter_offer_keeps_the_limits(self, offer, status, code, fields):
        proposal = ProposalFactory()
        response = post(proposal.request.student, f"proposals/{proposal.pk}/counter/", offer)
        said = response.json()
        assert (response.status_code, said["code"], list(said.get("fields", []))) == (status, code, fields)

    def test_the_coach_changes_a_part_and_the_rest_stays(self, coach):
        request = LearningRequestFactory(questions=["Why?", "When?"])
        sent = post(coach, "proposals/", self.offer(request)).json()
        proposal, when = Proposal.objects.get(), request.screening_questions.last()
        answer = patch(coach, proposal, {"answers": [{"question": when.pk, "text": "In May."}]}).json()
        assert [each["text"] for each in answer["answers"]] == ["Because.", "In May."]
        assert answer["edited_at"] is not None
        assert (answer["cover_letter"], answer["thread"]) == (sent["cover_letter"], sent["thread"])
        answer = patch(coach, proposal, {"rate": {"amount_cents": 6500, "currency": "usd"}}).json()
        assert (answer["terms_number"], answer["thread"][1]["changed"]) == (2, ["rate"])
        assert patch(coach, proposal, {"cover_letter": "Short"}).status_code == 400
        assert patch(coach, proposal, {"answers": [{"question": 0, "text": "?"}]}).status_code == 400
        assert patch(coach, proposal, {"request": 1}).json()["request"] == request.pk

    def test_the_match_says_when_both_have_time_by_the_clock_of_the_student(self, clock):
        clock.travel_to(NOW)
        calendar = CalendarFactory(hours=[(1, time(12, 30), time(15, 30))])  # Tuesdays 18:00 to 21:00 in Kolkata
        hours = [24 + 18, 24 + 19, 24 + 20, 72 + 9, 72 + 10, 72 + 11]
        request = LearningRequestFactory(time_zone="Asia/Kolkata", preferred_hours=hours)
        proposal = ProposalFactory(coach=calendar.coach, request=request)
        expected = {
            "percent": 50,
            "windows": [{"weekday": 1, "starts": "18:00", "ends": "21:00"}],
            "timezone": "Asia/Kolkata",
        }
        client = client_of(proposal.coach)
        assert client.get(f"/api/v1/proposals/{proposal.pk}/").json()["availability_match"] == expected
        assert client.get("/api/v1/proposals/").json()["results"][0]["availability_match"] == expected
        assert post(proposal.coach, f"proposals/{proposal.pk}/withdraw/").json()["availability_match"] is None

    def test_without_preferred_times_there_is_no_match(self):
        proposal = ProposalFactory()
        assert client_of(proposal.coach).get(f"/api/v1/proposals/{proposal.pk}/").json()["availability_match"] is None

    def test_a_client_that_has_this_version_is_told_so(self):
        proposal = ProposalFactory()
        client, path = client_of(proposal.coach), f"/api/v1/proposals/{proposal.pk}/"
        etag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
        post(proposal.request.student, f"proposals/{proposal.pk}/counter/", {"session_count": 5})
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 200

    def test_one_lists_what_one_sent_or_received(self, coach):
        own, received = ProposalFactory(coach=coach), ProposalFactory(request__student=coach, state="declined")
        ProposalFactory()

        def ids(**query):
            return [row["id"] for row in client_of(coach).get("/api/v1/proposals/", query).json()["results"]]

        assert ids() == [received.pk, own.pk]
        assert ids(state="open") == ids(role="coach") == [own.pk]
        assert ids(role="student") == [received.pk]
        assert ids(request=received.request_id) == [received.pk]
        assert client_of(coach).get("/api/v1/proposals/", {"request": "x"}).status_code == 400
        assert client_of(coach).get("/api/v1/proposals/", {"role": "x"}).status_code == 400

    def test_the_list_has_a_constant_number_of_queries(self, coach, django_assert_num_queries):
        wanted = {"request__preferred_hours": [18, 19], "coach": CalendarFactory(coach=coach).coach}
        ProposalFactory(**wanted)
        with django_assert_num_queries(3):
            client_of(coach).get("/api/v1/proposals/")
        ProposalFactory.create_batch(19, **wanted)
        with django_assert_num_queries(3):
            assert len(client_of(coach).get("/api/v1/proposals/").json()["results"]) == 20
