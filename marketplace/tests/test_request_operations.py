from datetime import date, timedelta
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied

from accounts.operations import describe_student
from accounts.tests.factories import CoachFactory, SkillFactory, StudentFactory
from core.models import Event
from core.refused import Refused
from marketplace import operations
from marketplace.models import LearningRequest
from marketplace.tests.asking import events, refusal_of
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory

pytestmark = pytest.mark.django_db

WORDS = {
    "title": "Spanish for a move to Valencia",
    "description": "I move to Valencia in spring and want to hold everyday conversations by then.",
    "time_zone": "Europe/Dublin",
}


def whole(**changes):
    return WORDS | {"skills": [SkillFactory()]} | changes


class TestDrafts:
    def test_a_draft_keeps_what_is_written_so_far_and_the_student_s_zone_and_languages(self, clock):
        student = StudentFactory(time_zone="Europe/Dublin", profile__languages=[{"code": "en", "level": "native"}])
        draft = operations.save_draft(by=student, now=clock.now(), title=" Spa ", questions=["Why?"])
        assert (draft.state, draft.title, draft.time_zone, draft.languages) == ("draft", "Spa", "Europe/Dublin", ["en"])
        assert (draft.posted_at, draft.expires_at) == (None, None)
        assert [question.text for question in draft.screening_questions.all()] == ["Why?"]
        assert events(draft) == [("request_drafted", student.pk, {})]

    def test_a_draft_goes_on_incomplete_and_is_posted_when_it_is_whole(self, clock):
        student = StudentFactory()
        draft = operations.save_draft(by=student, now=clock.now(), title="Spa")
        operations.edit_request(draft, by=student, now=clock.now(), timeframe="soon")
        assert refusal_of(operations.post_draft, draft, by=student, now=clock.now()) == "title_too_short"
        now = clock.advance(days=3)
        posted = operations.post_draft(draft, by=student, now=now, **whole())
        assert (posted.pk, posted.state, posted.timeframe) == (draft.pk, "open", "soon")
        assert (posted.posted_at, posted.expires_at) == (now, now + timedelta(days=60))
        assert posted.words.startswith("spanish for a move to valencia")
        assert [name for name, _by, _facts in events(draft)] == ["request_drafted", "request_edited", "request_posted"]

    def test_it_is_posted_once_the_student_has_said_how_old_they_are(self, clock):
        student = StudentFactory(profile__born_on=None)
        draft = operations.save_draft(by=student, now=clock.now(), **whole())
        for post in (partial(operations.post_draft, draft), partial(operations.post_request, **whole())):
            assert refusal_of(post, by=student, now=clock.now()) == "age_missing"
        describe_student(student, by=student, now=clock.now(), born_on=date(1990, 4, 12))
        assert operations.post_draft(draft, by=student, now=clock.now()).state == "open"

    def test_what_cannot_be_posted_is_not_changed_either(self, clock):
        student = StudentFactory()
        draft = operations.save_draft(by=student, now=clock.now(), title="Spa")
        with pytest.raises(Refused):
            operations.post_draft(draft, by=student, now=clock.now(), **whole(description="Short", title="Other title"))
        draft.refresh_from_db()
        assert (draft.title, draft.state) == ("Spa", "draft")

    def test_not_even_a_draft_holds_what_no_request_can(self, clock):
        named = {"by": StudentFactory(), "now": clock.now()}
        assert refusal_of(operations.save_draft, **named, title="x" * 81) == "title_too_long"
        assert refusal_of(operations.save_draft, **named, budget_cents=0) == "budget_not_positive"
        assert not LearningRequest.objects.exists()

    def test_posting_twice_posts_once(self, clock):
        draft = LearningRequestFactory(state="draft", posted_at=None, expires_at=None)
        operations.post_draft(draft, by=draft.student, now=clock.now())
        assert refusal_of(operations.post_draft, draft, by=draft.student, now=clock.now()) == "already_posted"
        assert Event.objects.filter(name="request_posted").count() == 1

    def test_a_draft_is_thrown_away_for_good(self, clock):
        draft = LearningRequestFactory(state="draft", questions=["Why?"])
        operations.discard_draft(draft, by=draft.student, now=clock.now())
        assert not LearningRequest.objects.exists()
        assert Event.objects.get().name == "request_discarded"

    def test_only_a_draft_is_thrown_away_and_a_draft_is_not_closed_paused_or_opened(self, clock):
        request, draft = LearningRequestFactory(), LearningRequestFactory(state="draft")
        named = {"by": request.student, "now": clock.now()}
        assert refusal_of(operations.discard_draft, request, **named) == "not_a_draft"
        named = {"by": draft.student, "now": clock.now()}
        assert refusal_of(operations.close_request, draft, **named) == "not_open"
        assert refusal_of(operations.pause_request, draft, **named) == "not_open"
        assert refusal_of(operations.reopen_request, draft, **named) == "not_reopenable"

    @pytest.mark.parametrize("verb", ["post_draft", "discard_draft", "edit_request"])
    def test_strangers_do_nothing_with_a_draft(self, clock, verb):
        draft = LearningRequestFactory(state="draft")
        for somebody in (StudentFactory(), CoachFactory()):
            with pytest.raises(PermissionDenied):
                getattr(operations, verb)(draft, by=somebody, now=clock.now())
        assert not LearningRequest.objects.of(CoachFactory()).exists()


class TestPosting:
    def test_a_student_posts_a_request_that_is_open_for_sixty_days(self, clock):
        student, now = StudentFactory(), clock.now()
        posted = operations.post_request(by=student, now=now, questions=[" Why? "], **whole())
        assert (posted.state, posted.posted_at, posted.expires_at) == ("open", now, now + timedelta(days=60))
        assert list(posted.screening_questions.values_list("position", "text")) == [(0, "Why?")]
        assert events(posted) == [("request_posted", student.pk, {})]

    def test_preferred_hours_are_kept_in_order_and_found_in_utc(self, clock):
        fields = whole(preferred_hours=[19, 18, 18], time_zone="Asia/Kolkata", languages=["fr", "en"])
        posted = operations.post_request(by=StudentFactory(), now=clock.now(), **fields)
        assert (posted.preferred_hours, posted.languages) == ([18, 19], ["en", "fr"])
        assert posted.preferred_cells == [25, 26, 27, 28]  # Monday 18:00 to 20:00 there is 12:30 to 14:30 in UTC

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"title": "Short one"}, "title_too_short"),
            ({"title": " \n\t  " + " " * 20}, "title_too_short"),
            ({"title": "\u200b \u202e" * 12}, "title_too_short"),  # nobody sees any of these
            ({"title": "x" * 81}, "title_too_long"),
            ({"description": "x" * 49}, "description_too_short"),
            ({"description": " " * 60}, "description_too_short"),
            ({"description": "x" * 5001}, "description_too_long"),
            ({"skills": []}, "skills_missing"),
            ({"questions": ["?"] * 6}, "too_many_questions"),
            ({"questions": ["x" * 251]}, "question_length"),
            ({"questions": [" "]}, "question_length"),
            ({"questions": ["\u200b"]}, "question_length"),
            ({"questions": ["Why now?", "Since when?", " WHY  now? "]}, "question_repeated"),
            ({"budget_cents": 0}, "budget_not_positive"),
            ({"budget_cents": -1}, "budget_not_positive"),
            ({"budget_cents": 100_000_000}, "budget_too_high"),
            ({"currency": "xxx"}, "currency_unknown"),
            ({"level": "expert"}, "level_unknown"),
            ({"sessions_needed": 0}, "sessions_out_of_range"),
            ({"sessions_needed": 101}, "sessions_out_of_range"),
            ({"timeframe": "x" * 121}, "timeframe_too_long"),
            ({"time_zone": "Mars"}, "time_zone_unknown"),
            ({"preferred_hours": [168]}, "hours_unknown"),
            ({"languages": ["xx"]}, "language_unknown"),
            ({"languages": ["en", "de", "es", "fr", "it", "pt", "nl"]}, "too_many_languages"),
        ],
    )
    def test_each_wrong_value_is_refused_at_its_field(self, clock, change, code):
        with pytest.raises(Refused) as caught:
            operations.post_request(by=StudentFactory(), now=clock.now(), **whole(**change))
        field = next(iter(change)).replace("_cents", "")
        assert (caught.value.code, caught.value.field) == (code, field)
        assert not LearningRequest.objects.exists()

    def test_ten_skills_are_enough(self, clock):
        skills = [SkillFactory() for _number in range(11)]
        named = {"by": StudentFactory(), "now": clock.now()}
        assert refusal_of(operations.post_request, **named, **whole(skills=skills)) == "too_many_skills"
        assert operations.post_request(**named, **whole(skills=skills[:10])).skills.count() == 10

    def test_the_longest_and_the_shortest_words_are_taken(self, clock):
        for title, text in (("x" * 10, "x" * 50), ("x" * 80, "x" * 5000)):
            fields = whole(title=title, description=text, questions=[sign * 250 for sign in "abcde"], budget_cents=1)
            posted = operations.post_request(by=StudentFactory(), now=clock.now(), **fields)
            assert (posted.title, posted.description) == (title, text)

    def test_who_does_not_learn_posts_nothing_and_keeps_no_draft(self, clock):
        named = {"by": CoachFactory(), "now": clock.now()}
        assert refusal_of(operations.post_request, **named, **whole()) == "not_a_student"
        assert refusal_of(operations.save_draft, **named) == "not_a_student"


class TestEditing:
    def test_the_student_changes_words_skills_and_questions(self, clock):
        request, skill = LearningRequestFactory(questions=["Old?"]), SkillFactory(name="Catalan")
        changed = operations.edit_request(
            request, by=request.student, now=clock.now(), skills=[skill], questions=["New?"], title="Spanish by spring"
        )
        assert (changed.title, list(changed.skills.all())) == ("Spanish by spring", [skill])
        assert (changed.skill_ids, changed.words) == ([skill.pk], "spanish by spring catalan")
        assert [question.text for question in changed.screening_questions.all()] == ["New?"]
        assert events(request) == [
            ("request_edited", request.student_id, {"changed": ["title", "skills", "questions"]})
        ]

    def test_what_is_not_sent_stays_and_saving_without_a_change_is_no_event(self, clock):
        request = LearningRequestFactory(questions=["Why?"])
        operations.edit_request(request, by=request.student, now=clock.now(), title=request.title, questions=["Why?"])
        assert events(request) == []
        assert request.skills.count() == 1

    def test_what_is_posted_stays_whole(self, clock):
        request = LearningRequestFactory()
        named = {"by": request.student, "now": clock.now()}
        assert refusal_of(operations.edit_request, request, skills=[], **named) == "skills_missing"
        assert refusal_of(operations.edit_request, request, title="Short", **named) == "title_too_short"

    def test_answered_questions_stay_and_the_rest_may_change(self, clock):
        request = LearningRequestFactory(questions=["Old?"])
        ProposalFactory(request=request)
        named = {"by": request.student, "now": clock.now(), "skills": [SkillFactory()]}
        assert refusal_of(operations.edit_request, request, questions=[], **named) == "questions_answered"
        assert operations.edit_request(request, questions=["Old?"], level="advanced", **named).level == "advanced"

    @pytest.mark.parametrize("state", ["closed", "matched", "expired"])
    def test_what_has_ended_is_not_changed(self, clock, state):
        request = LearningRequestFactory(state=state)
        assert refusal_of(operations.edit_request, request, by=request.student, now=clock.now()) == "not_editable"

    def test_strangers_change_nothing(self, clock):
        with pytest.raises(PermissionDenied):
            operations.edit_request(LearningRequestFactory(), by=StudentFactory(), now=clock.now())


class TestLife:
    def test_closing_declines_who_still_waits(self, clock):
        request = LearningRequestFactory()
        waiting, gone = ProposalFactory(request=request), ProposalFactory(request=request, state="withdrawn")
        closed = operations.close_request(request, by=request.student, now=clock.now())
        waiting.refresh_from_db()
        gone.refresh_from_db()
        assert (closed.state, waiting.state, gone.state) == ("closed", "declined", "withdrawn")
        assert events(waiting) == [("proposal_declined", request.student_id, {"reason": "request_closed"})]

    def test_pausing_keeps_proposals_and_opening_again_gives_sixty_more_days(self, clock):
        request = LearningRequestFactory()
        proposal = ProposalFactory(request=request)
        assert operations.pause_request(request, by=request.student, now=clock.now()).state == "paused"
        now = clock.advance(days=3)
        opened = operations.reopen_request(request, by=request.student, now=now)
        assert (opened.state, opened.expires_at) == ("open", now + timedelta(days=60))
        assert opened.posted_at == request.posted_at  # a pause does not make it new
        proposal.refresh_from_db()
        assert proposal.state == "open"

    @pytest.mark.parametrize("state", ["closed", "expired"])
    def test_what_ended_without_a_match_opens_again_and_counts_as_new(self, clock, state):
        request = LearningRequestFactory(state=state)
        now = clock.advance(days=90)
        opened = operations.reopen_request(request, by=request.student, now=now)
        assert (opened.state, opened.posted_at) == ("open", now)

    @pytest.mark.parametrize(
        ("verb", "state", "code"),
        [
            ("close_request", "closed", "not_open"),
            ("close_request", "matched", "not_open"),
            ("pause_request", "paused", "not_open"),
            ("reopen_request", "open", "not_reopenable"),
            ("reopen_request", "matched", "not_reopenable"),
        ],
    )
    def test_each_step_is_refused_where_no_arrow_leads(self, clock, verb, state, code):
        request = LearningRequestFactory(state=state)
        assert refusal_of(getattr(operations, verb), request, by=request.student, now=clock.now()) == code

    @pytest.mark.parametrize("verb", ["close_request", "pause_request", "reopen_request"])
    def test_strangers_and_coaches_take_no_step(self, clock, verb):
        for somebody in (StudentFactory(), CoachFactory()):
            with pytest.raises(PermissionDenied):
                getattr(operations, verb)(LearningRequestFactory(), by=somebody, now=clock.now())

    def test_staff_close_with_a_reason_and_it_stays_closed(self, clock):
        request, staff = ProposalFactory().request, StudentFactory(is_staff=True)
        close = operations.close_by_staff
        assert refusal_of(close, request, reason="  ", by=staff, now=clock.now()) == "reason_missing"
        assert refusal_of(close, request, reason="x" * 501, by=staff, now=clock.now()) == "reason_missing"
        closed = close(request, reason=" It asks for homework. ", by=staff, now=clock.now())
        assert (closed.state, closed.close_reason) == ("closed", "It asks for homework.")
        assert request.proposals.get().state == "declined"
        assert events(request) == [("request_closed_by_staff", staff.pk, {})]
        reopen = operations.reopen_request
        assert refusal_of(reopen, request, by=request.student, now=clock.now()) == "closed_by_staff"
        assert refusal_of(close, request, reason="Again.", by=staff, now=clock.now()) == "not_open"

    def test_only_staff_close_what_is_not_theirs(self, clock):
        for somebody in (StudentFactory(), CoachFactory()):
            with pytest.raises(PermissionDenied):
                operations.close_by_staff(LearningRequestFactory(), reason="No.", by=somebody, now=clock.now())

    def test_a_request_without_answer_expires_on_its_day_and_once(self, clock, drain):
        request = LearningRequestFactory()
        clock.advance(days=59, hours=23)
        drain()
        request.refresh_from_db()
        assert request.state == "open"
        clock.advance(hours=2)
        drain()
        drain()
        request.refresh_from_db()
        assert request.state == "expired"
        assert events(request) == [("request_expired", None, {})]

    def test_a_draft_never_expires(self, clock, drain):
        draft = LearningRequestFactory(state="draft", posted_at=None, expires_at=None)
        clock.advance(days=400)
        drain()
        draft.refresh_from_db()
        assert draft.state == "draft"

    def test_a_request_waits_for_its_last_open_proposal(self, clock, drain):
        request = LearningRequestFactory()
        clock.advance(days=58)
        proposal = ProposalFactory(request=request)
        clock.advance(days=5)
        drain()
        request.refresh_from_db()
        assert request.state == "open"
        clock.travel_to(proposal.expires_at + timedelta(seconds=1))
        drain()
        request.refresh_from_db()
        proposal.refresh_from_db()
        assert (request.state, proposal.state) == ("expired", "expired")
