"""What coaches write of themselves and what staff decide: each use case, each refusal, a stranger, the second time."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.documents import EMPTY, differences, digest, public_document, wanted_document
from accounts.models import CoachProfile, SkillSynonym, User
from accounts.operations import (
    approve_coach,
    change_profile,
    change_skill,
    discard_changes,
    reject_coach,
    submit_coach_profile,
    words,
)
from accounts.tests.factories import CoachFactory, CoachProfileFactory, SkillFactory, StudentFactory, UserFactory
from core.models import Event
from core.refused import Refused

pytestmark = pytest.mark.django_db

JOB = {"title": "Guide", "organisation": "Museo del Prado", "from_year": 2011, "to_year": 2019, "text": ""}
STUDIES = {"title": "History", "organisation": "", "from_year": 2005, "to_year": None, "text": ""}
WORK = {"title": "Grammar in pictures", "url": "https://github.com/lucia/grammar", "text": "For beginners."}


@pytest.fixture
def staff():
    return User.objects.create_superuser("staff@example.com", name="Staff")


def draft(**fields):
    return CoachProfileFactory(state="draft", submitted_at=None, approved_at=None, **fields)


def waiting():
    return CoachProfileFactory(state="submitted", approved_at=None)


@pytest.fixture
def write(clock):
    """Write as the coach, now."""
    return lambda profile, **written: change_profile(profile, by=profile.user, now=clock.now(), **written)


@pytest.fixture
def approve(clock, staff):
    return lambda profile, **also: approve_coach(
        profile, **{"seen": digest(profile), "by": staff, "now": clock.now()} | also
    )


@pytest.fixture
def reject(clock, staff):
    return lambda profile, **also: reject_coach(
        profile, **{"seen": digest(profile), "by": staff, "now": clock.now(), "reason": "Say more."} | also
    )


def events(profile):
    return list(Event.objects.about(profile).values_list("name", "by_id", "facts"))


def refusal_of(work, *args, **named):
    with pytest.raises(Refused) as caught:
        work(*args, **named)
    return caught.value.code


class TestWriting:
    def test_a_draft_keeps_everything_apart_from_what_is_public(self, write):
        profile = write(
            draft(headline="", bio="", skills=[]), goal="Let people talk.", experience=[JOB], headline="Old"
        )
        profile = write(profile, headline="New")
        assert profile.wanted["experience"] == [JOB]
        assert wanted_document(profile)["headline"] == "New"
        assert (profile.headline, profile.goal, profile.state) == ("", "", "draft")
        assert public_document(profile) == EMPTY

    def test_a_public_profile_stays_as_it_is_and_the_change_waits_to_be_submitted(self, write):
        profile = CoachProfileFactory()
        before = public_document(profile)
        changed = write(profile, bio="New words.", portfolio=[WORK])
        assert (changed.state, changed.is_public, changed.rating_count) == ("draft", True, 0)
        assert changed.wanted == {"bio": "New words.", "portfolio": [WORK]}
        assert public_document(changed) == before
        assert list(CoachProfile.objects.public()) == [profile]
        assert [each.section for each in differences(changed)] == ["portfolio", "bio"]

    def test_writing_it_back_as_it_is_public_leaves_nothing_to_wait_for(self, write):
        profile = CoachProfileFactory()
        write(profile, bio="New words.")
        back = write(profile, bio=profile.bio)
        assert (back.state, back.wanted) == ("approved", {})

    def test_rates_and_place_count_at_once(self, write):
        profile = CoachProfileFactory()
        columns = {"country": "PT", "hourly_rate_cents": 7500, "trial_rate_cents": None, "meeting_url": ""}
        changed = CoachProfile.objects.get(pk=write(profile, **columns).pk)
        assert {name: getattr(changed, name) for name in columns} == columns
        assert changed.state == "approved"

    def test_words_are_kept_as_typed_but_for_blanks_around_and_line_ends(self, write):
        profile = write(draft(), bio="  <b>One</b>\r\n\r\n two ", experience=[JOB | {"title": " Guide "}])
        assert profile.wanted["bio"] == "<b>One</b>\n\n two"
        assert profile.wanted["experience"] == [JOB]

    def test_entries_stand_once_each_and_the_latest_first(self, write):
        older = JOB | {"from_year": 2001, "to_year": 2009}
        profile = write(draft(), experience=[older, JOB, STUDIES, JOB])
        assert profile.wanted["experience"] == [STUDIES, JOB, older]
        assert write(profile, experience=profile.wanted["experience"]).wanted["experience"] == [STUDIES, JOB, older]

    def test_skills_may_be_named_by_synonyms_and_are_kept_as_slugs(self, write):
        SkillSynonym.objects.create(skill=SkillFactory(name="Ocarina"), word="sweet potato")
        assert write(draft(), skills=["Sweet Potato", "ocarina", "chess"]).wanted["skills"] == ["chess", "ocarina"]
        assert refusal_of(write, draft(), skills=["alchemy"]) == "skill_unknown"

    @pytest.mark.parametrize(
        ("written", "code", "field"),
        [
            ({"goal": "x" * 1001}, "too_long", "goal"),
            ({"headline": "x" * 121}, "too_long", "headline"),
            ({"bio": "x" * 5001}, "too_long", "bio"),
            ({"experience": [JOB] * 11}, "too_many", "experience"),
            ({"experience": [JOB | {"title": " "}]}, "title_missing", "experience"),
            ({"experience": [JOB | {"text": "x" * 1001}]}, "too_long", "experience"),
            ({"experience": [JOB | {"from_year": None}]}, "year_missing", "experience"),
            ({"experience": [JOB | {"from_year": 1939}]}, "year_out_of_range", "experience"),
            ({"education": [JOB | {"to_year": 2027}]}, "year_out_of_range", "education"),
            ({"education": [JOB | {"from_year": 2020}]}, "years_backwards", "education"),
            ({"portfolio": [WORK | {"url": "https://github.com.evil.com/x"}]}, "host_unknown", "portfolio"),
            ({"portfolio": [WORK | {"url": "https://evil.com/github.com"}]}, "host_unknown", "portfolio"),
            ({"portfolio": [WORK | {"url": ""}]}, "host_unknown", "portfolio"),
            ({"languages": [{"code": "tlh", "level": "c1"}]}, "language_unknown", "languages"),
            ({"languages": [{"code": "es", "level": "c9"}]}, "level_unknown", "languages"),
            ({"languages": [{"code": "es", "level": "c1"}] * 2}, "language_twice", "languages"),
            ({"country": "XX"}, "country_unknown", "country"),
            ({"currency": "xxx"}, "currency_unknown", "currency"),
            ({"hourly_rate_cents": 999}, "rate_too_low", "hourly_rate"),
            ({"hourly_rate_cents": 100_000_000}, "rate_too_high", "hourly_rate"),
            ({"trial_rate_cents": 0}, "rate_not_positive", "trial_rate"),
            ({"meeting_url": "https://zoom.us.evil.com/j/1"}, "host_unknown", "meeting_url"),
        ],
    )
    def test_what_is_wrong_is_refused_and_nothing_is_written(self, clock, write, written, code, field):
        clock.travel_to(clock.now().replace(year=2026, month=11))
        profile = draft()
        with pytest.raises(Refused) as caught:
            write(profile, **{"goal": "Another goal"} | written)
        assert (caught.value.code, caught.value.field) == (code, field)
        profile.refresh_from_db()
        assert "goal" not in profile.wanted

    def test_this_year_is_that_of_the_sites_clock(self, clock, write):
        clock.travel_to(clock.now().replace(year=2031, month=6))
        assert write(draft(), education=[JOB | {"to_year": 2031}]).wanted["education"][0]["to_year"] == 2031

    def test_an_hour_costs_ten_at_least_in_each_currency_and_a_trial_any_amount(self, write):
        assert write(draft(), hourly_rate_cents=1000, trial_rate_cents=1).hourly_rate_cents == 1000
        yen = {"currency": "jpy", "trial_rate_cents": None}
        assert refusal_of(write, draft(), hourly_rate_cents=9, **yen) == "rate_too_low"
        assert write(draft(), hourly_rate_cents=10, **yen).hourly_rate_cents == 10

    def test_another_currency_takes_both_rates_with_it(self, write):
        profile = CoachProfileFactory()
        assert refusal_of(write, profile, currency="jpy") == "old_currency"
        assert refusal_of(write, profile, currency="jpy", hourly_rate_cents=7000) == "old_currency"
        changed = write(profile, currency="jpy", hourly_rate_cents=7000, trial_rate_cents=1500)
        assert (changed.currency, changed.trial_rate_cents) == ("jpy", 1500)

    @pytest.mark.parametrize("make", [CoachProfileFactory, waiting])
    @pytest.mark.parametrize("written", [{"country": ""}, {"hourly_rate_cents": None}])
    def test_what_others_see_or_are_to_see_has_a_country_and_a_rate(self, write, make, written):
        assert refusal_of(write, make(), **written) == "needed"
        assert write(draft(), **written)

    def test_nobody_writes_the_profile_of_another(self, clock):
        with pytest.raises(PermissionDenied):
            change_profile(CoachProfileFactory(), by=CoachFactory(), now=clock.now(), bio="Mine.")


class TestDiscarding:
    @pytest.mark.parametrize("state", ["draft", "submitted", "rejected"])
    def test_what_is_not_public_is_thrown_away(self, clock, write, approve, reject, state):
        profile = write(CoachProfileFactory(), bio="New words.")
        if state != "draft":
            profile = submit_coach_profile(profile, by=profile.user, now=clock.now())
        if state == "rejected":
            profile = reject(profile)
        back = discard_changes(profile, by=profile.user, now=(now := clock.now()))
        assert (back.state, back.wanted, back.rejection_reason) == ("approved", {}, "")
        assert Event.objects.get(name="coach_change_discarded").at == now

    def test_there_must_be_something_public_to_go_back_to(self, clock):
        for profile in (draft(), waiting(), CoachProfileFactory()):
            assert refusal_of(discard_changes, profile, by=profile.user, now=clock.now()) == "nothing_to_discard"

    def test_nobody_throws_away_the_change_of_another(self, clock, write):
        with pytest.raises(PermissionDenied):
            discard_changes(write(CoachProfileFactory(), bio="New."), by=CoachFactory(), now=clock.now())


class TestSubmitting:
    def test_a_complete_draft_is_handed_to_staff(self, clock):
        profile = draft()
        submitted = submit_coach_profile(profile, by=profile.user, now=(now := clock.now()))
        assert (submitted.state, submitted.submitted_at) == ("submitted", now)
        assert events(profile) == [("coach_submitted", profile.user_id, {})]

    def test_a_rejected_profile_may_be_submitted_again_and_loses_its_reason(self, clock):
        profile = CoachProfileFactory(state="rejected", rejection_reason="Say more.")
        assert submit_coach_profile(profile, by=profile.user, now=clock.now()).rejection_reason == ""

    def test_an_incomplete_draft_is_refused_with_the_names_of_what_is_missing(self, clock):
        profile = draft(headline="", hourly_rate_cents=0, skills=[])
        with pytest.raises(Refused, match=r": skills, headline and hourly rate\.$") as caught:
            submit_coach_profile(profile, by=profile.user, now=clock.now())
        assert caught.value.code == "incomplete"

    def test_nobody_submits_the_profile_of_another(self, clock):
        with pytest.raises(PermissionDenied):
            submit_coach_profile(draft(), by=CoachFactory(), now=clock.now())

    @pytest.mark.parametrize(("state", "code"), [("submitted", "already_submitted"), ("approved", "already_approved")])
    def test_submitting_a_second_time_is_refused(self, clock, state, code):
        profile = CoachProfileFactory(state=state)
        assert refusal_of(submit_coach_profile, profile, by=profile.user, now=clock.now()) == code


class TestDeciding:
    def test_staff_approve_and_the_coach_is_public_only_then(self, clock, staff, approve):
        profile = waiting()
        assert not CoachProfile.objects.public().exists()
        approved = approve(profile, now=(now := clock.now()))
        assert (approved.state, approved.approved_at, approved.wanted) == ("approved", now, {})
        assert approved.headline == "Conversational Spanish for travel and work"
        assert [skill.slug for skill in approved.skills.all()] == ["spanish"]
        assert "spanish" in approved.words
        assert list(CoachProfile.objects.public()) == [profile]
        assert events(profile) == [("coach_approved", staff.pk, {"first": True})]

    def test_a_change_becomes_public_with_its_words_and_the_first_day_stays(self, clock, write, approve, staff):
        profile = write(CoachProfileFactory(), bio="We bake sourdough.", skills=["baking"])
        submit_coach_profile(profile, by=profile.user, now=clock.now())
        approved = approve(profile)
        approved.refresh_from_db()
        assert (approved.bio, approved.approved_at) == ("We bake sourdough.", profile.approved_at)
        assert "sourdough" in approved.more_words
        assert "baking" in approved.words
        assert events(profile)[-1] == ("coach_approved", staff.pk, {"first": False})

    def test_what_staff_did_not_see_does_not_become_public(self, write, approve, reject):
        profile = waiting()
        seen = digest(profile)
        write(profile, bio="Something else.")
        assert refusal_of(approve, profile, seen=seen) == "changed_meanwhile"
        assert refusal_of(reject, profile, seen=seen) == "changed_meanwhile"
        profile.refresh_from_db()
        assert (profile.state, profile.is_public) == ("submitted", False)
        assert approve(profile).bio == "Something else."

    def test_what_was_emptied_meanwhile_is_not_approved(self, write, approve):
        assert refusal_of(approve, write(waiting(), bio="")) == "incomplete"

    def test_deciding_a_second_time_is_refused(self, approve, reject):
        profile = waiting()
        approve(profile)
        assert refusal_of(approve, profile) == "not_waiting"
        assert refusal_of(reject, profile) == "not_waiting"

    def test_who_may_not_change_coach_profiles_decides_nothing(self, approve, reject):
        for somebody in (StudentFactory(), UserFactory(is_staff=True), CoachFactory()):
            with pytest.raises(PermissionDenied):
                approve(waiting(), by=somebody)
            with pytest.raises(PermissionDenied):
                reject(waiting(), by=somebody)

    def test_staff_do_not_approve_themselves(self, staff, approve):
        with pytest.raises(PermissionDenied):
            approve(CoachProfileFactory(user=staff, state="submitted"))

    def test_staff_send_a_profile_back_with_a_reason_that_no_event_repeats(self, staff, reject):
        profile = waiting()
        rejected = reject(profile, reason=" Say more. ")
        assert (rejected.state, rejected.rejection_reason) == ("rejected", "Say more.")
        assert events(profile) == [("coach_rejected", staff.pk, {"first": True})]

    def test_a_profile_whose_change_is_rejected_stays_public(self, clock, write, reject):
        profile = write(CoachProfileFactory(), bio="New words.")
        submit_coach_profile(profile, by=profile.user, now=clock.now())
        rejected = reject(profile)
        assert (rejected.state, rejected.is_public) == ("rejected", True)
        assert list(CoachProfile.objects.public()) == [profile]

    @pytest.mark.parametrize(("reason", "code"), [("  ", "reason_missing"), ("x" * 501, "reason_too_long")])
    def test_a_reason_is_needed_and_short(self, reject, reason, code):
        assert refusal_of(reject, waiting(), reason=reason) == code


class TestWords:
    def test_everybody_with_a_skill_is_found_by_its_new_words_batch_by_batch(self, clock, staff, monkeypatch):
        monkeypatch.setattr(words, "BATCH", 2)
        lute = SkillFactory(name="Lute")
        with_lute = [CoachFactory(profile__skills=[lute]).coach_profile for _number in range(5)]
        other = CoachFactory().coach_profile
        SkillSynonym.objects.create(skill=lute, word="laud")
        change_skill(lute, by=staff, now=(now := clock.now()))
        found = CoachProfile.objects.filter(words__contains="laud")
        assert set(found) == set(with_lute)
        assert other not in found
        assert [(event.name, event.at) for event in Event.objects.about(lute)] == [("skill_changed", now)]

    def test_the_number_of_queries_does_not_grow_with_the_coaches_of_a_skill(self, django_assert_num_queries):
        lute = SkillFactory(name="Lute")
        for count in (1, 10):
            CoachFactory.create_batch(count, profile__skills=[lute])
            with django_assert_num_queries(7):
                words.rewrite_words_of(lute)

    def test_only_who_may_change_skills_says_that_one_changed(self, clock):
        with pytest.raises(PermissionDenied):
            change_skill(SkillFactory(), by=CoachFactory(), now=clock.now())
