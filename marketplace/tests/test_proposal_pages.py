from datetime import time

import pytest
from django.urls import reverse

from accounts.models import CoachProfile, User
from accounts.tests.factories import CoachFactory, StudentFactory
from marketplace.models import LearningRequest, Proposal
from marketplace.operations import agree_to_terms, offer_terms
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory
from marketplace.tests.pages import errors_of, text_of
from scheduling.models import Calendar
from scheduling.tests.factories import NOW, CalendarFactory

pytestmark = pytest.mark.django_db

LETTER = "I have taught Spanish to beginners for ten years. " * 3
OFFER = {
    "cover_letter": LETTER,
    "payment_model": "per_hour",
    "rate": "60.00",
    "session_count": "4",
    "session_minutes": "45",
}
POSTED = ["accept/", "withdraw/", "counter/agree/", "counter/decline/"]
PARTS = ["", "edit/", "decline/", "counter/", "counter/total/", *POSTED]


class TestPropose:
    def test_a_coach_answers_and_proposes(self, client, coach):
        request = LearningRequestFactory(questions=["Why?"])
        question = request.screening_questions.get()
        path = f"/requests/{request.pk}/propose/"
        page = text_of(client, path)
        assert "Why?" in page
        assert 'value="60.00"' in page
        response = client.post(path, OFFER | {f"answer_{question.pk}": "Because."})
        proposal = Proposal.objects.get()
        assert response.url == proposal.get_absolute_url()
        assert (proposal.rate_cents, proposal.expected_total_cents) == (6000, 18000)
        assert proposal.answers.get().text == "Because."

    @pytest.mark.parametrize(
        ("fields", "field", "error"),
        [
            ({"cover_letter": "Short"}, "cover_letter", "Ensure this value has at least 100 characters (it has 5)."),
            ({"cover_letter": "\u200b" * 90 + "ten chars."}, "cover_letter", "Write at least 100 characters."),
            ({"rate": "60.005"}, "rate", "USD has at most 2 decimals."),
            ({"rate": "0"}, "rate", "Give an amount above zero."),
            ({"rate": "5"}, "rate", "One session must cost at least $10.00."),
            ({"session_count": "101"}, "session_count", "Ensure this value is less than or equal to 100."),
            ({"session_minutes": "14"}, "session_minutes", "Ensure this value is greater than or equal to 15."),
            (
                {"rate": "99999", "session_count": "100", "session_minutes": "240"},
                "rate",
                "All sessions together may cost at most $999,999.99.",
            ),
        ],
    )
    def test_each_wrong_value_is_named_and_the_rest_is_kept(self, client, coach, fields, field, error):
        request = LearningRequestFactory()
        response = client.post(f"/requests/{request.pk}/propose/", OFFER | {"approach_summary": "Kept"} | fields)
        assert errors_of(response) == {field: [error]}
        assert "Kept" in response.content.decode()
        assert not Proposal.objects.exists()

    def test_a_coach_sees_what_reaches_them_while_typing(self, client, coach):
        path = f"/requests/{LearningRequestFactory().pk}/propose/"
        figures = {name: OFFER[name] for name in ("payment_model", "rate", "session_count", "session_minutes")}
        page = text_of(client, path + "total/", **figures)
        assert [sum_ in page for sum_ in ("$180.00", "Platform fee (15%)", "$27.00", "$153.00")] == [True] * 4
        least = figures | {"rate": "0.01", "session_minutes": "15", "session_count": "100"}
        assert "You receive" in text_of(client, path + "total/", **least)  # too little for a contract, and no error

    def test_a_coach_without_hours_is_led_to_them(self, client, coach):
        request = LearningRequestFactory(preferred_hours=[42])
        path = f"/requests/{request.pk}/propose/"
        Calendar.objects.filter(coach=coach).delete()
        page = client.get(path).content.decode()
        assert "You have not said yet when you can be booked" in page
        assert 'href="/availability/">Set your hours' in page
        assert "None of the preferred times fit" not in page
        CalendarFactory(coach=coach)
        assert "You have not said yet" not in client.get(path).content.decode()

    def test_an_answer_nobody_can_see_is_none(self, client, coach):
        request = LearningRequestFactory(questions=["Why?"])
        question = request.screening_questions.get()
        response = client.post(f"/requests/{request.pk}/propose/", OFFER | {f"answer_{question.pk}": "\u200b"})
        assert "Answer each question of the student." in response.content.decode()
        assert not Proposal.objects.exists()

    def test_every_question_is_answered(self, client, coach):
        request = LearningRequestFactory(questions=["Why?", "When?"])
        first, second = request.screening_questions.all()
        response = client.post(f"/requests/{request.pk}/propose/", OFFER | {f"answer_{first.pk}": "Because."})
        assert errors_of(response) == {f"answer_{second.pk}": ["This field is required."]}
        assert "Because." in response.content.decode()

    def test_the_total_is_shown_at_once_with_the_errors_and_live(self, client, coach):
        request = LearningRequestFactory()
        path = f"/requests/{request.pk}/propose/"
        assert "$240.00" in text_of(client, path)
        page = client.post(path, OFFER | {"cover_letter": "Short"}).content.decode()
        assert "$180.00" in page
        assert "$180.00" in text_of(client, path + "total/", **OFFER)
        assert "The total appears here" in text_of(client, path + "total/", rate="x")

    def test_without_scripts_the_total_is_worked_out_before_sending(self, client, coach):
        request = LearningRequestFactory()
        page = client.post(f"/requests/{request.pk}/propose/", OFFER | {"check": "1"}).content.decode()
        assert "$180.00" in page
        assert "Upfront, for sessions 1–4" in page
        assert LETTER.strip() in page
        assert not Proposal.objects.exists()

    def test_with_an_open_proposal_one_is_led_to_it(self, client, coach):
        proposal = ProposalFactory(coach=coach)
        assert client.get(f"/requests/{proposal.request_id}/propose/").url == proposal.get_absolute_url()

    def test_nobody_proposes_on_their_own_request(self, client):
        both = CoachFactory(is_student=True)
        client.force_login(both)
        request = LearningRequestFactory(student=both)
        assert client.get(f"/requests/{request.pk}/propose/").status_code == 404


class TestProposal:
    def test_the_student_accepts_and_goes_to_the_contract(self, client, student):
        proposal = ProposalFactory(request__student=student)
        page = text_of(client, proposal.get_absolute_url())
        assert "Accept these terms" in page
        assert "Withdraw proposal" not in page
        assert "$200.00" in page
        response = client.post(f"/proposals/{proposal.pk}/accept/", {"terms": "1"})
        assert response.url == reverse("contract-create", args=[proposal.pk])
        proposal.refresh_from_db()
        assert proposal.state == "accepted"

    @pytest.mark.parametrize("terms", [{}, {"terms": "2"}, {"terms": "x"}, {"terms": "9" * 400}])
    def test_nothing_is_accepted_that_was_not_on_the_page(self, client, student, terms):
        proposal = ProposalFactory(request__student=student)
        said = client.post(f"/proposals/{proposal.pk}/accept/", terms, follow=True).content.decode()
        assert "The terms have changed in the meantime." in said
        proposal.refresh_from_db()
        assert proposal.state == "open"

    def test_the_student_declines_with_a_reason_that_the_coach_reads(self, client, student):
        proposal = ProposalFactory(request__student=student, coach__name="Lucía Fernández")
        path = f"/proposals/{proposal.pk}/decline/"
        page = text_of(client, path)
        assert "Decline Lucía’s proposal?" in page
        assert "Another proposal was accepted" not in page
        reason = {"because": "times", "reason": "Only <b>evenings</b> work."}
        assert client.post(path, reason).url == proposal.request.get_absolute_url()
        client.force_login(proposal.coach)
        page = text_of(client, proposal.get_absolute_url())
        assert "declined this proposal. The times do not fit." in page
        assert "Only &lt;b&gt;evenings&lt;/b&gt; work." in page

    def test_no_reason_need_be_given_and_none_may_be_made_up(self, client, student):
        proposal = ProposalFactory(request__student=student)
        path = f"/proposals/{proposal.pk}/decline/"
        for made_up in ("another_accepted", "bored"):
            assert list(errors_of(client.post(path, {"because": made_up}))) == ["because"]
        assert list(errors_of(client.post(path, {"reason": "x" * 501}))) == ["reason"]
        assert client.post(path).url == proposal.request.get_absolute_url()

    def test_the_coach_withdraws_and_sees_the_list(self, client, coach):
        proposal = ProposalFactory(coach=coach)
        page = text_of(client, proposal.get_absolute_url())
        assert "Withdraw proposal" in page
        assert "Accept these terms" not in page
        assert client.post(f"/proposals/{proposal.pk}/withdraw/").url == proposal.get_absolute_url()
        assert "Withdrawn" in text_of(client, "/proposals/", state="over")
        assert "No open proposals" in text_of(client, "/proposals/")

    def test_the_other_side_may_not_decide(self, client, coach):
        proposal = ProposalFactory(coach=coach)
        assert client.post(f"/proposals/{proposal.pk}/accept/").status_code == 403
        proposal.refresh_from_db()
        assert proposal.state == "open"

    @pytest.mark.parametrize("part", PARTS)
    def test_strangers_do_not_find_it(self, client, part):
        proposal = ProposalFactory()
        for somebody in (StudentFactory(), CoachFactory()):
            client.force_login(somebody)
            for method in (client.get, client.post):
                assert method(f"/proposals/{proposal.pk}/{part}").status_code in {404, 405}
            assert (client.post if part in POSTED else client.get)(
                f"/proposals/{proposal.pk}/{part}"
            ).status_code == 404

    @pytest.mark.parametrize("part", ["accept", "withdraw", "counter/agree", "counter/decline"])
    def test_a_look_changes_nothing(self, client, student, part):
        proposal = ProposalFactory(request__student=student)
        assert client.get(f"/proposals/{proposal.pk}/{part}/").status_code == 405

    def test_both_see_when_both_have_time_each_by_their_own_clock(self, client, clock):
        clock.travel_to(NOW)
        calendar = CalendarFactory(hours=[(1, time(9), time(12))])
        User.objects.filter(pk=calendar.coach_id).update(time_zone="Asia/Tokyo")
        hours = {"request__preferred_hours": [34, 35, 36], "request__time_zone": "UTC"}
        proposal = ProposalFactory(coach=calendar.coach, **hours)
        User.objects.filter(pk=proposal.request.student_id).update(time_zone="UTC")
        for person, both in ((proposal.request.student, [34, 35]), (proposal.coach, [43, 44])):
            client.force_login(User.objects.get(pk=person.pk))
            response = client.get(proposal.get_absolute_url())
            assert response.context["match"].hours_both == both
            assert "<b>60%</b> of the preferred times fit." in response.content.decode()

    def test_before_sending_the_coach_sees_whether_the_times_fit(self, client, coach, clock):
        clock.travel_to(NOW)
        CalendarFactory(coach=coach, hours=[(1, time(9), time(12))])
        request = LearningRequestFactory(preferred_hours=[34, 35], time_zone="UTC", student__name="Anna Weber")
        path = f"/requests/{request.pk}/propose/"
        assert "<b>100%</b> of the preferred times fit." in text_of(client, path)
        LearningRequest.objects.update(preferred_hours=[])
        assert "Anna has not said which times suit" in text_of(client, path)

    def test_the_page_has_a_constant_number_of_queries(self, client, coach, clock, django_assert_max_num_queries):
        proposal = ProposalFactory(coach=coach, request__questions=["Why?"])
        for number in range(19):
            offer_terms(proposal, by=proposal.request.student, now=clock.now(), rate_cents=4000 + number)
        with django_assert_max_num_queries(9):
            assert len(client.get(proposal.get_absolute_url()).context["versions"]) == 20


class TestList:
    def test_each_role_has_its_own_words_and_proposals(self, client):
        both = CoachFactory(is_student=True)
        client.force_login(both)
        ProposalFactory(coach=both, request__title="What I teach them")
        ProposalFactory(request__student=both, request__title="What I want to learn")
        page = text_of(client, "/proposals/")
        assert "Proposals you sent" in page
        assert "What I teach them" in page
        assert "What I want to learn" not in page
        User.objects.filter(pk=both.pk).update(role="student")
        page = text_of(client, "/proposals/")
        assert "Proposals for you" in page
        assert "What I want to learn" in page
        assert "What I teach them" not in page

    def test_tabs_part_them_by_what_became_of_them(self, client, coach):
        for state in ("open", "accepted", "declined", "withdrawn", "expired"):
            ProposalFactory(coach=coach, state=state, request__title=f"This one is {state}")
        for tab, shown in [("", ["open"]), ("accepted", ["accepted"]), ("over", ["expired", "withdrawn", "declined"])]:
            rows = client.get("/proposals/", {"state": tab}).context["page"].rows
            assert [row.state for row in rows] == shown
        assert [tab["count"] for tab in client.get("/proposals/?state=x").context["tabs"]] == [1, 1, 3]

    def test_a_counter_offer_is_marked_until_it_is_answered(self, client, coach, clock):
        proposal = ProposalFactory(coach=coach)
        offer_terms(proposal, by=proposal.request.student, now=clock.now(), rate_cents=4500)
        assert "Answer the counter-offer" in text_of(client, "/proposals/")
        agree_to_terms(proposal, by=coach, now=clock.now())
        assert "Answer the counter-offer" not in text_of(client, "/proposals/")

    def test_the_list_says_how_well_the_times_fit(self, client, coach, clock):
        clock.travel_to(NOW)
        CalendarFactory(coach=coach, hours=[(1, time(9), time(12))])
        hours = [24 + 10, 24 + 11, 24 + 12, 24 + 13]
        ProposalFactory(coach=coach, request__preferred_hours=hours, request__time_zone="UTC")
        assert "times fit 43%" in text_of(client, "/proposals/")
        LearningRequest.objects.update(preferred_hours=[])
        assert "times fit" not in text_of(client, "/proposals/")

    def test_the_student_compares_two_open_proposals_or_more(self, client, student):
        request = LearningRequestFactory(student=student)
        ProposalFactory(request=request, coach__name="Lucía Fernández")
        ProposalFactory(request=request, state="withdrawn")
        assert "Side by side" not in text_of(client, request.get_absolute_url())
        ProposalFactory(request=request, coach__name="Jonas Weber", rate_cents=4550, session_count=6)
        CoachProfile.objects.filter(user__name="Jonas Weber").update(rating_sum=9, rating_count=2)
        page = text_of(client, request.get_absolute_url())
        table = page.split("Side by side")[1].split("</table>")[0]
        for shown in ("Lucía Fernández", "$200.00", "Jonas Weber", "$45.50 per session", "$273.00", "4.5", "New"):
            assert shown in table

    def test_the_list_has_a_constant_number_of_queries(self, client, coach, django_assert_num_queries):
        wanted = {"request__preferred_hours": [18, 19], "coach": CalendarFactory(coach=coach).coach}
        ProposalFactory(**wanted)
        with django_assert_num_queries(6):
            client.get("/proposals/")
        ProposalFactory.create_batch(19, **wanted)
        with django_assert_num_queries(6):
            assert len(client.get("/proposals/").context["page"].rows) == 20
