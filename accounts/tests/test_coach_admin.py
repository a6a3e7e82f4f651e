"""The approval queue and the curated skills, as support uses them."""

import pytest
from django.contrib.auth.models import Group

from accounts.documents import digest
from accounts.models import CoachProfile, Skill, SkillSynonym
from accounts.operations import change_profile, submit_coach_profile
from accounts.readable import marked
from accounts.tests.factories import CoachFactory, CoachProfileFactory, SkillFactory, UserFactory
from core.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def support(client):
    person = UserFactory(is_staff=True, name="Support")
    person.groups.add(Group.objects.get(name="support"))
    client.force_login(person)
    return person


def queue(*parts):
    return "/".join(["/admin/accounts/coachprofile", *map(str, parts), ""])


def page_of(client, *parts):
    return client.get(queue(*parts)).content.decode()


def waiting_change(clock, **sections):
    """A public coach who wants to change something."""
    coach = CoachFactory()
    profile = change_profile(coach.coach_profile, by=coach, now=clock.now(), **sections)
    return submit_coach_profile(profile, by=coach, now=clock.now())


class TestQueue:
    def test_who_has_waited_longest_stands_first(self, client, support, clock):
        late, _early = (CoachProfileFactory(state="submitted", user__name=name) for name in ("Late", "Early"))
        CoachProfileFactory(user__name="Decided")
        CoachProfile.objects.filter(pk=late.pk).update(submitted_at=clock.advance(hours=1))
        page = page_of(client)
        assert page.index("Early") < page.index("Late") < page.index("Decided")
        assert "Decided" not in client.get(queue() + "?state__exact=submitted").content.decode()

    def test_the_list_takes_as_many_queries_for_one_as_for_twenty(self, client, support, django_assert_num_queries):
        CoachProfileFactory(state="submitted")
        with django_assert_num_queries(8):
            page_of(client)
        CoachProfileFactory.create_batch(19, state="submitted")
        with django_assert_num_queries(8):
            page_of(client)

    def test_the_first_page_says_how_many_wait_to_who_may_decide(self, client, support):
        CoachProfileFactory.create_batch(2, state="submitted")
        assert "2 coaches wait for approval" in client.get("/admin/").content.decode()
        support.groups.set(Group.objects.filter(name="finance"))
        assert "wait for approval" not in client.get("/admin/").content.decode()

    def test_a_first_profile_is_shown_whole_and_readable(self, client, support):
        waiting = CoachProfileFactory(
            state="submitted",
            bio="<b>Hello</b>",
            experience=[{"title": "Guide", "organisation": "Museum", "from_year": 2011, "to_year": None, "text": "x"}],
            portfolio=[{"title": "Films", "url": "https://youtu.be/abc", "text": ""}],
        )
        page = page_of(client, waiting.pk, "change")
        assert "Guide · Museum · 2011–today" in page
        assert "Spanish: native" in page
        assert "&lt;b&gt;Hello&lt;/b&gt;" in page
        assert 'href="https://youtu.be/abc"' in page
        assert "from_year" not in page

    def test_a_profile_goes_by_the_name_of_whose_it_is(self, client, support):
        profile = CoachProfileFactory(state="submitted", user__name="Kofi Boateng", headline="")
        assert "<h2>Kofi Boateng</h2>" in page_of(client, profile.pk, "change")

    def test_a_change_shows_only_what_differs_side_by_side(self, client, support, clock):
        profile = waiting_change(clock, headline="Conversational Catalan for travel and <i>work</i>", goal="Talk.")
        page = page_of(client, profile.pk, "change")
        assert "Conversational <del>Spanish</del> for travel" in page
        assert "Conversational <ins>Catalan</ins> for travel" in page
        assert "<i>" not in page
        assert "<ins>Talk.</ins>" in page
        assert "Native speaker from Valencia" not in page

    def test_rates_are_shown_as_money_and_a_decided_profile_waits_for_nothing(self, client, support):
        coach = CoachProfileFactory(hourly_rate_cents=6000, trial_rate_cents=None)
        page = page_of(client, coach.pk, "change")
        assert "$60.00" in page
        assert "6000" not in page
        assert "first profile" not in page_of(client)

    def test_what_is_not_there_is_not_found(self, client, support):
        assert client.get(queue(999, "change")).status_code in {302, 404}


class TestDeciding:
    def decide(self, client, profile, tool, **data):
        data = {"seen": digest(CoachProfile.objects.get(pk=profile.pk))} | data
        return client.post(queue(profile.pk, "actions", tool), data, follow=True).content.decode()

    def test_support_approves_by_a_post_and_the_event_says_who(self, client, support):
        waiting = CoachProfileFactory(state="submitted")
        assert 'value="Approve"' in page_of(client, waiting.pk, "change")
        assert client.get(queue(waiting.pk, "actions", "approve")).status_code == 405
        self.decide(client, waiting, "approve")
        waiting.refresh_from_db()
        assert waiting.state == "approved"
        assert Event.objects.about(waiting).get().by == support

    def test_support_sends_a_profile_back_with_a_reason(self, client, support):
        waiting = CoachProfileFactory(state="submitted")
        assert client.get(queue(waiting.pk, "actions", "reject")).status_code == 405
        assert "This field is required." in self.decide(client, waiting, "reject", reason="")
        self.decide(client, waiting, "reject", reason="Say more.")
        waiting.refresh_from_db()
        assert (waiting.state, waiting.rejection_reason) == ("rejected", "Say more.")

    @pytest.mark.parametrize("tool", ["approve", "reject"])
    def test_what_changed_while_it_was_read_is_shown_again_first(self, client, support, clock, tool):
        profile = waiting_change(clock, bio="First words.")
        seen = digest(profile)
        change_profile(profile, by=profile.user, now=clock.now(), bio="Other words.")
        page = self.decide(client, profile, tool, seen=seen, reason="Say more.")
        assert "The coach has changed this meanwhile." in page
        profile.refresh_from_db()
        assert (profile.state, profile.wanted) == ("submitted", {"bio": "Other words."})

    def test_a_decided_profile_has_no_buttons_and_a_second_click_changes_nothing(self, client, support):
        approved = CoachProfileFactory()
        assert 'value="Approve"' not in page_of(client, approved.pk, "change")
        self.decide(client, approved, "approve")
        assert not Event.objects.exists()

    def test_nobody_moves_a_state_by_saving(self, client, support):
        waiting = CoachProfileFactory(state="submitted")
        client.post(queue(waiting.pk, "change"), {"state": "approved"})
        waiting.refresh_from_db()
        assert waiting.state == "submitted"

    def test_finance_neither_sees_nor_decides_coaches(self, client):
        person = UserFactory(is_staff=True)
        person.groups.add(Group.objects.get(name="finance"))
        client.force_login(person)
        waiting = CoachProfileFactory(state="submitted")
        assert client.get(queue()).status_code == 403
        self.decide(client, waiting, "approve")
        waiting.refresh_from_db()
        assert waiting.state == "submitted"


def test_differences_are_marked_by_words_and_escaped():
    was, wanted = marked("I <b>teach</b> Go", "I teach Rust & Go")
    assert was == "I <del>&lt;b&gt;</del>teach<del>&lt;/b&gt;</del> Go"
    assert wanted == "I teach<ins> Rust &amp;</ins> Go"


class TestSkills:
    def save(self, client, skill, *words, name=None):
        data = {"name": name or skill.name, "category": "music", "slug": "other"}
        data |= {"synonyms-TOTAL_FORMS": len(words), "synonyms-INITIAL_FORMS": 0}
        data |= {f"synonyms-{number}-word": word for number, word in enumerate(words)}
        return client.post(f"/admin/accounts/skill/{skill.pk}/change/", data).content.decode()

    def test_a_new_synonym_finds_whoever_has_the_skill_and_is_folded(self, client, support):
        lute = SkillFactory(name="Lute", slug="lute")
        coach = CoachFactory(profile__skills=[lute]).coach_profile
        self.save(client, lute, "Láud")
        coach.refresh_from_db()
        assert "laud" in coach.words
        assert Skill.objects.get(pk=lute.pk).slug == "lute"
        assert Event.objects.about(lute).get().name == "skill_changed"

    def test_a_synonym_means_one_skill(self, client, support):
        lute = SkillFactory(name="Lute", slug="lute")
        assert "There is a skill of this name." in self.save(client, lute, "Guitar")
        assert "Skill synonym with this Word already exists." in self.save(client, lute, "GITARRE")
        assert "This is a synonym of Guitar." in self.save(client, lute, name="Gitarre")
        assert not SkillSynonym.objects.filter(skill=lute).exists()

    def test_no_skill_is_deleted(self, client, support):
        lute = SkillFactory(name="Lute")
        assert client.post(f"/admin/accounts/skill/{lute.pk}/delete/", {"post": "yes"}).status_code == 403

    def test_the_list_names_the_synonyms_with_the_same_number_of_queries(self, client, support):
        page = client.get("/admin/accounts/skill/?q=ecma").content.decode()
        assert "JavaScript" in page
        assert "ecmascript, js, node" in page
