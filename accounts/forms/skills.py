"""Choosing skills of the curated list: one field and one picker for coaches and for requests."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import Skill
from accounts.policy import MAX_SKILLS
from accounts.skills import by_category, resolve
from core.words import fold


class SkillPicker(forms.CheckboxSelectMultiple):
    """All skills by category, what is chosen first; with scripts a box that filters by name and synonym."""

    template_name = "accounts/widgets/skills.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = forms.Widget.get_context(self, name, value, attrs)
        chosen = set(value or [])
        groups = [(label, _chosen_first(skills, chosen)) for label, skills in by_category()]
        context["widget"]["groups"] = [
            {"label": label, "options": options, "count": sum(each["chosen"] for each in options)}
            for label, options in groups
        ]
        context["widget"]["chosen"] = sorted(
            option["skill"].name for _label, options in groups for option in options if option["chosen"]
        )
        return context


class SkillsField(forms.Field):
    """Skills of the list as a list of rows; takes slugs, and any name or synonym besides."""

    widget = SkillPicker
    default_error_messages = {
        "unknown": _("This is not in our list of skills: %(words)s."),
        "most": ngettext_lazy(
            "Choose at most %(most)d skill.", "Choose at most %(most)d skills, those that matter most.", "most"
        ),
    }

    def __init__(self, *, most: int = MAX_SKILLS, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Skills"), **kwargs})
        self.most = most

    def to_python(self, value: Iterable[str] | None) -> list[Skill]:
        found = resolve(value or [])
        if found.unknown:
            words = ", ".join(word[:40] for word in found.unknown[:3])
            raise ValidationError(self.error_messages["unknown"], code="unknown", params={"words": words})
        if len(found.skills) > self.most:
            raise ValidationError(self.error_messages["most"], code="most", params={"most": self.most})
        return found.skills

    def prepare_value(self, value: Any) -> list[str]:
        return [each.slug if isinstance(each, Skill) else str(each) for each in value or []]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(self.prepare_value(initial)) != set(self.prepare_value(data))


def _chosen_first(skills: Iterable[Skill], chosen: set[str]) -> list[dict[str, Any]]:
    options = [{"skill": each, "chosen": each.slug in chosen, "words": _words(each)} for each in skills]
    return sorted(options, key=lambda option: not option["chosen"])


def _words(skill: Skill) -> str:
    return " ".join([fold(skill.name), *(each.word for each in skill.synonyms.all())])
