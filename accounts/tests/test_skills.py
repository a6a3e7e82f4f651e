import pytest
from django import forms

from accounts.forms.skills import SkillsField
from accounts.models import Skill, SkillSynonym
from accounts.skills import resolve
from accounts.tests.factories import SkillFactory

pytestmark = pytest.mark.django_db


class Wish(forms.Form):
    skills = SkillsField(most=3)


@pytest.fixture
def lute():
    skill = SkillFactory(name="Lûte playing", slug="lute", category="music")
    SkillSynonym.objects.create(skill=skill, word="Láud")
    return skill


def errors_of(*words):
    return Wish({"skills": list(words)}).errors.get("skills")


@pytest.mark.parametrize("word", ["lute", "Lûte playing", "lute  PLAYING", "laud", "LÁUD"])
def test_a_skill_is_known_by_its_slug_its_name_and_its_synonyms(lute, word):
    assert resolve([word]) == ([lute], [])


def test_who_names_a_skill_twice_means_one_and_what_is_unknown_is_named(lute):
    assert resolve(["laud", "alchemy", "lute"]) == ([lute], ["alchemy"])


def test_resolving_takes_two_queries_whatever_is_asked(lute, django_assert_num_queries):
    with django_assert_num_queries(2):
        resolve(["laud", "python", "x" * 500, "chess"])


def test_the_field_gives_rows_and_takes_synonyms(lute):
    form = Wish({"skills": ["laud"]})
    assert form.is_valid()
    assert form.cleaned_data["skills"] == [lute]


def test_the_field_refuses_nothing_the_unknown_and_too_much():
    assert errors_of() == ["This field is required."]
    assert errors_of("alchemy", "chess", "x" * 50) == ["This is not in our list of skills: alchemy, " + "x" * 40 + "."]
    assert errors_of("chess", "yoga", "sql", "python") == ["Choose at most 3 skills, those that matter most."]


def test_the_picker_groups_by_category_and_opens_what_is_chosen(lute):
    SkillFactory(name="Ocarina", category="music")
    page = str(Wish(initial={"skills": [lute]})["skills"])
    chosen = page.index('value="lute"')
    assert "checked" in page[chosen : chosen + 60]
    assert chosen < page.index('value="ocarina"'), "chosen first"
    assert page.count('<details class="disclosure" open>') == 1
    assert 'data-words="lute playing laud"' in page
    assert '<span class="chip">Lûte playing</span>' in page


def test_a_wrong_form_keeps_the_choice(lute):
    page = str(Wish({"skills": ["lute", "alchemy"]})["skills"])
    assert page.count(" checked") == 1


def test_names_are_shown_escaped(lute):
    Skill.objects.filter(pk=lute.pk).update(name="<script>alert(1)</script>")
    assert "<script>" not in str(Wish(initial={"skills": ["lute"]})["skills"])
