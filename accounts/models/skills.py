"""What one can learn: a curated list, and the other words people use for the same."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.words import fold


class Skill(models.Model):
    """Something one can learn, from a curated list."""

    class Category(models.TextChoices):
        LANGUAGES = "languages", _("Languages")
        TECHNOLOGY = "technology", _("Technology")
        BUSINESS = "business", _("Business and career")
        MUSIC = "music", _("Music")
        ARTS = "arts", _("Arts and crafts")
        SCIENCE = "science", _("Mathematics and science")
        BODY = "body", _("Health and sport")
        HOME = "home", _("Home and leisure")

    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    category = models.CharField(max_length=12, choices=Category, default=Category.HOME)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """No word means two skills, be it a name or a synonym."""
        other = SkillSynonym.objects.exclude(skill=self.pk).filter(word__in=[fold(self.name), self.slug]).first()
        if other:
            raise ValidationError({"name": _("This is a synonym of %(skill)s.") % {"skill": other.skill}})


class SkillSynonym(models.Model):
    """Another word for a skill, accent-folded: no word means two skills."""

    skill = models.ForeignKey(Skill, models.CASCADE, related_name="synonyms")
    word = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ["word"]

    def __str__(self) -> str:
        return self.word

    def save(self, *args: object, **kwargs: object) -> None:
        self.word = fold(self.word)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def clean(self) -> None:
        """Folded before anything compares it; the name of another skill is no synonym."""
        self.word = fold(self.word)
        others = Skill.objects.exclude(pk=self.skill_id)
        if any(self.word in {fold(each.name), each.slug} for each in others):
            raise ValidationError({"word": _("There is a skill of this name.")})
