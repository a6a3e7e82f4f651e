"""The steps of the coach wizard that are lists: experience, education, portfolio."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from accounts import faults
from accounts.documents import COLUMNS, tidy, wanted_document
from accounts.forms.seen import SeenSections
from accounts.models import CoachProfile
from accounts.policy import EARLIEST_YEAR, MAX_ADDRESS, MAX_ENTRIES, MAX_NAME, MAX_NOTE


def line(label: Any, most: int, *, missing: Any = None, **attrs: Any) -> forms.CharField:
    widget = forms.TextInput({"maxlength": str(most), **attrs})
    return forms.CharField(label=label, required=bool(missing), error_messages={"required": missing}, widget=widget)


def year(label: Any, *, missing: Any = None, help_text: Any = "") -> forms.IntegerField:
    widget = forms.NumberInput({"min": EARLIEST_YEAR, "step": 1, "inputmode": "numeric"})
    errors = {"required": missing}
    return forms.IntegerField(
        label=label, required=bool(missing), error_messages=errors, help_text=help_text, widget=widget
    )


def note() -> forms.CharField:
    widget = forms.Textarea({"rows": 3, "maxlength": str(MAX_NOTE)})
    return forms.CharField(label=_("A few words"), required=False, widget=widget)


WHAT = _("Say what it was.")


class EntryForm(forms.Form):
    """One row of a list; where nothing is filled in there is no row, and nothing wrong with it."""

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and not any(self[name].data for name in self.fields if name != "DELETE"):
            self._errors, self.cleaned_data = ErrorDict(), {}


class ExperienceForm(EntryForm):
    title = line(_("What you did"), MAX_NAME, missing=WHAT)
    organisation = line(_("Where, for whom"), MAX_NAME)
    from_year = year(_("From (year)"), missing=_("Say in which year it began."))
    to_year = year(_("To (year)"), help_text=_("Empty: until today."))
    text = note()


class EducationForm(ExperienceForm):
    title = line(_("What you learnt"), MAX_NAME, missing=WHAT)
    organisation = line(_("School or teacher"), MAX_NAME)


class PortfolioForm(EntryForm):
    title = line(_("What it is"), MAX_NAME, missing=WHAT)
    url = line(_("Address"), MAX_ADDRESS, missing=_("Say where it is."), placeholder="https://", inputmode="url")
    text = note()


class EntriesFormSet(SeenSections, forms.BaseFormSet):
    """The entries of one section, and one more to fill in. Each save writes the whole list, so none is doubled."""

    section = ""

    def __init__(self, data: Any = None, *, profile: CoachProfile, now: datetime) -> None:
        self.profile, self.now = profile, now
        stored = wanted_document(profile)[self.section]
        # A row that is sent again as it is stored is a row, not a blank one.
        super().__init__(data, prefix=self.section, initial=stored, form_kwargs={"empty_permitted": False})

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.number = index  # the button that removes it says so

    @property
    def stored_forms(self) -> list[forms.Form]:
        return [form for form in self.forms if form.initial or form.errors]

    @property
    def blank_forms(self) -> list[forms.Form]:
        return [form for form in self.forms if not (form.initial or form.errors)]

    def clean(self) -> None:
        kept = list(self._kept())
        rows = tidy({self.section: [row for _form, row in kept]})
        for fault in faults.of_change(self.profile, rows, now=self.now):
            if fault.row is None:
                self._non_form_errors.append(fault.sentence)
            else:
                kept[fault.row][0].add_error(fault.column, fault.sentence)

    def say(self, sentence: str) -> None:
        self._non_form_errors.append(sentence)

    def written(self) -> dict[str, Any]:
        return {self.section: [row for _form, row in self._kept()]}

    def _kept(self) -> Iterator[tuple[forms.Form, dict[str, Any]]]:
        for form in self.forms:
            if form.errors:
                continue
            row = {column: form.cleaned_data.get(column) for column in COLUMNS[self.section]}
            if any(row.values()) and not form.cleaned_data.get("DELETE"):
                yield form, row


def entries_of(section: str, form: type[forms.Form]) -> type[EntriesFormSet]:
    made = forms.formset_factory(
        form, formset=EntriesFormSet, extra=1, max_num=MAX_ENTRIES, absolute_max=MAX_ENTRIES + 1, can_delete=True
    )
    made.section, made.sections = section, (section,)
    return made


ExperienceEntries = entries_of("experience", ExperienceForm)
EducationEntries = entries_of("education", EducationForm)
PortfolioEntries = entries_of("portfolio", PortfolioForm)
