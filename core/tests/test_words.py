"""Words as search compares them, and what people type as a question for PostgreSQL."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from core.words import fold, search_terms, shown


def test_folding_takes_capitals_accents_and_ornaments_away():
    assert fold("Łódź, façade, STRASSE Straße, İzmir, Ærøskøbing, Ελλάδα") == (
        "lodz, facade, strasse strasse, izmir, aeroskobing, ελλαδα"
    )


def test_what_is_shown_of_a_text_leaves_out_what_nobody_sees():
    assert shown("\u202e \u200b Ada \u200d\u2066\n") == "Ada"
    assert shown("می\u200cخواهم, नमस्ते 👋🏽") == "میخواهم, नमस्ते 👋🏽"


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("", ""),
        ("span", "'span':*"),
        ("Spanish guitar", "'spanish' & 'guitar':*"),
        ("spanish ", "'spanish'"),  # a finished word
        ("c", "'c'"),
        ("Café", "'cafe':*"),
        ('"with a plan"', "'with a plan'"),
        ('jazz "with a plan', "'jazz' & 'with a plan':*"),
        ("jazz -blues", "'jazz' & !'blues'"),
        ("-blues jazz", "'jazz':* & !'blues'"),
        ('jazz -"big band"', "'jazz' & !'big band'"),
        ("-blues", ""),
        ("self-taught", "'self-taught':*"),
        ("o'hara", "'o hara':*"),
        ("a & b | !c <-> (d):*", "'a' & 'b' & '!c' & '(d):*'"),  # signs ask for nothing
        ("+++ --- ***", ""),
        ("\\ '", ""),
    ],
)
def test_what_is_typed_becomes_a_question(typed, terms):
    assert search_terms(typed) == terms


def test_a_question_is_answered_by_the_words_it_means():
    assert found("cafe", "Café crème")
    assert found("cr", "Café crème")
    assert not found("reme", "Café crème")
    assert found('"cafe creme"', "Café crème")
    assert not found('"creme cafe"', "Café crème")
    assert not found("cafe -creme", "Café crème")


@pytest.mark.django_db
@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=100))
def test_whatever_is_typed_postgresql_understands(typed):
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_tsvector('simple', 'plan') @@ to_tsquery('simple', %s)", [search_terms(typed)])
        assert cursor.fetchone()[0] in {True, False}


@pytest.fixture(autouse=True)
def database(db):
    """PostgreSQL answers some of the questions."""


def found(typed, text):
    with connection.cursor() as cursor:
        asked = [fold(text), search_terms(typed)]
        cursor.execute("SELECT to_tsvector('simple', %s) @@ to_tsquery('simple', %s)", asked)
        return cursor.fetchone()[0]
