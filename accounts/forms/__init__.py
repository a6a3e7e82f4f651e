"""What people fill in about themselves."""

from accounts.forms.coach import (
    GoalForm,
    HeadlineForm,
    LanguagesForm,
    RatesForm,
    RejectionForm,
    SkillsForm,
    StepForm,
)
from accounts.forms.entries import EducationEntries, EntriesFormSet, ExperienceEntries, PortfolioEntries
from accounts.forms.languages import LanguagesField
from accounts.forms.me import PhotoForm, ProfileForm, SignupExtra, ZoneForm
from accounts.forms.skills import SkillPicker, SkillsField
from accounts.forms.students import StudentProfileForm, StudentStartForm

__all__ = [
    "EducationEntries",
    "EntriesFormSet",
    "ExperienceEntries",
    "GoalForm",
    "HeadlineForm",
    "LanguagesField",
    "LanguagesForm",
    "PhotoForm",
    "PortfolioEntries",
    "ProfileForm",
    "RatesForm",
    "RejectionForm",
    "SignupExtra",
    "SkillPicker",
    "SkillsField",
    "SkillsForm",
    "StepForm",
    "StudentProfileForm",
    "StudentStartForm",
    "ZoneForm",
]
