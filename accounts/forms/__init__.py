"""What people fill in about themselves."""

from accounts.forms.coach import CoachDraftForm, CoachProfileForm, RejectionForm, coach_form
from accounts.forms.languages import LanguagesField
from accounts.forms.me import PhotoForm, ProfileForm, SignupExtra, ZoneForm
from accounts.forms.skills import SkillPicker, SkillsField
from accounts.forms.students import StudentProfileForm, StudentStartForm

__all__ = [
    "CoachDraftForm",
    "CoachProfileForm",
    "LanguagesField",
    "PhotoForm",
    "ProfileForm",
    "RejectionForm",
    "SignupExtra",
    "SkillPicker",
    "SkillsField",
    "StudentProfileForm",
    "StudentStartForm",
    "ZoneForm",
    "coach_form",
]
