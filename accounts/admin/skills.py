from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Skill, SkillSynonym
from accounts.operations import change_skill
from core import clock


class SynonymInline(admin.TabularInline):
    model = SkillSynonym
    extra = 2
    verbose_name, verbose_name_plural = _("synonym"), _("synonyms: other words people use for it")


@admin.register(Skill)
class SkillAdmin(admin.ModelAdmin):
    """The curated list. A slug stays, since profiles hold it; and a skill that somebody has is not deleted."""

    list_display = ["name", "category", "words", "coaches"]
    list_filter = ["category"]
    search_fields = ["name", "synonyms__word"]
    fields = ["name", "slug", "category"]
    inlines = [SynonymInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Skill]:
        counted = super().get_queryset(request).annotate(coach_count=Count("coaches", distinct=True))
        return counted.prefetch_related("synonyms")

    @admin.display(description=_("synonyms"))
    def words(self, skill: Skill) -> str:
        return ", ".join(each.word for each in skill.synonyms.all())

    @admin.display(description=_("coaches"), ordering="coach_count")
    def coaches(self, skill: Any) -> int:
        return int(skill.coach_count)

    def get_readonly_fields(self, request: HttpRequest, obj: Skill | None = None) -> list[str]:
        return ["slug"] if obj else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Skill | None = None) -> dict[str, list[str]]:
        return {} if obj else {"slug": ["name"]}

    def has_delete_permission(self, request: HttpRequest, obj: Skill | None = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """With its synonyms, so that whoever has the skill is found by all of its words."""
        super().save_related(request, form, formsets, change)
        change_skill(form.instance, by=request.user, now=clock.now())
