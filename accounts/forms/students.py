from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import with_blank
from accounts.models import StudentProfile
from accounts.places import countries


class StudentProfileForm(forms.ModelForm):
    country = forms.ChoiceField(label=_("Country"), choices=with_blank(countries), required=False)

    class Meta:
        model = StudentProfile
        fields = ["about", "country"]
        widgets = {"about": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"about": _("Only coaches you have to do with can read this.")}
