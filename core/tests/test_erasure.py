import pytest

from core.erasure import replaced

WORDS = {"Anna": "Former member", "O'Neil & Sons": "Former member", "a@b.example": "erased@x.invalid"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Anna wrote", "Former member wrote"),
        ("Annabel and anna", "Annabel and anna"),
        ("Mail a@b.example.", "Mail erased@x.invalid."),
        ("O&#x27;Neil &amp; Sons", "Former member"),
        ({"to": ["Anna", 7, None], "Anna": "x"}, {"to": ["Former member", 7, None], "Anna": "x"}),
    ],
)
def test_words_are_replaced_whole_in_text_html_and_json(before, after):
    assert replaced(before, WORDS) == after
