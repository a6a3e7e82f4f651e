from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import with_blank
from accounts.forms.languages import LanguagesField
from accounts.models import StudentProfile
from accounts.places import countries


class StudentProfileForm(forms.ModelForm):
    """What a student says of themselves; `describe_student` writes it down."""

    country = forms.ChoiceField(label=_("Country"), choices=with_blank(countries), required=False)
    languages = LanguagesField(label=_("Languages you speak"), required=False)

    class Meta:
        model = StudentProfile
        fields = ["about", "country", "languages", "born_on"]
        widgets = {
            "about": forms.Textarea(attrs={"rows": 4}),
            "born_on": forms.DateInput({"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "about": _("Only coaches you have to do with can read this."),
            "born_on": _("Nobody sees it. You must be at least 13 years old to learn here."),
        }


class StudentStartForm(StudentProfileForm):
    """The same as somebody begins; it is finished when the date of birth is there."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["born_on"].required = data is None or "later" not in data
