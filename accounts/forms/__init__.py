"""What people fill in about themselves."""

from accounts.forms.coach import CoachDraftForm, CoachProfileForm, RejectionForm, coach_form
from accounts.forms.languages import LanguagesField
from accounts.forms.me import ProfileForm, SignupExtra
from accounts.forms.skills import SkillPicker, SkillsField
from accounts.forms.students import StudentProfileForm

__all__ = [
    "CoachDraftForm",
    "CoachProfileForm",
    "LanguagesField",
    "ProfileForm",
    "RejectionForm",
    "SignupExtra",
    "SkillPicker",
    "SkillsField",
    "StudentProfileForm",
    "coach_form",
]
