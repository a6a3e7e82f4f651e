"""Languages with a level: the rows of the form and the list of the API."""

import pytest
from django import forms

from accounts.api.languages import LanguagesField as ListOfClients
from accounts.forms import LanguagesField


class Spoken(forms.Form):
    languages = LanguagesField(required=False)


def filled(*rows):
    """A form as a browser sends it; each row is (number, code, level)."""
    data = {}
    for number, code, level in rows:
        data |= {f"languages_{number}_code": code, f"languages_{number}_level": level}
    return Spoken(data)


def test_rows_become_codes_with_levels_and_empty_ones_are_left_out():
    form = filled((0, "es", "b2"), (1, "", ""), (4, "en", "native"))
    assert form.is_valid()
    assert form.cleaned_data["languages"] == [{"code": "es", "level": "b2"}, {"code": "en", "level": "native"}]


def test_no_row_at_all_is_an_empty_list():
    assert Spoken({}).is_valid()
    assert filled((0, "", "")).fields["languages"].clean([]) == []


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([(0, "es", "b2"), (3, "es", "c1")], "You chose Spanish twice."),
        ([(0, "tlh", "b2")], "Choose a language of the list."),
        ([(0, "es", "")], "Say how well you speak Spanish."),
        ([(0, "es", "z9")], "Say how well you speak Spanish."),
        ([(0, "", "b2")], "Choose the language, too."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(rows, sentence):
    assert filled(*rows).errors == {"languages": [sentence]}


def test_a_seventh_row_does_not_exist():
    assert (
        filled((6, "es", "b2"))
        .fields["languages"]
        .widget.value_from_datadict({"languages_6_code": "es", "languages_6_level": "b2"}, {}, "languages")
        == []
    )


def test_the_page_shows_what_was_chosen_and_folds_the_rest_away():
    html = str(
        Spoken(initial={"languages": [{"code": "es", "level": "b2"}, {"code": "en", "level": "c1"}]})["languages"]
    )
    shown, folded = html.split("<details", 1)
    assert shown.count("<select") == 6
    assert folded.count("<select") == 6
    assert '<option value="es" selected>Spanish</option>' in shown
    assert '<option value="c1" selected>' in shown
    assert " required" not in html


def test_what_was_typed_wrongly_is_shown_again():
    html = str(filled((5, "es", ""))["languages"])
    assert '<option value="es" selected>Spanish</option>' in html


def test_clients_send_the_same_list():
    rows = [{"code": "es", "level": "b2"}, {"code": "en", "level": "native"}]
    assert ListOfClients().run_validation(rows) == rows


@pytest.mark.parametrize(
    "rows",
    [
        "es",
        [5],
        [{"code": "es"}],
        [{"code": "tlh", "level": "b2"}],
        [{"code": "es", "level": "z9"}],
        [{"code": "es", "level": "b2"}, {"code": "es", "level": "c1"}],
        [{"code": code, "level": "b2"} for code in ("es", "en", "de", "fr", "it", "pt", "nl")],
    ],
)
def test_lists_of_clients_that_are_wrong_are_refused(rows):
    from rest_framework.exceptions import ValidationError

    with pytest.raises(ValidationError):
        ListOfClients().run_validation(rows)
