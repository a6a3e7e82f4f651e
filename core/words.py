"""Words as search compares them: without accents, capitals and ornaments."""

import re
import unicodedata

PARTS = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')
SHORTEST = 1  # a single letter is a word of its own, such as the language C
LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def fold(text: str) -> str:
    """The text in small letters without accents: "Łódź, façade" → "lodz, facade"; other scripts stay as they are."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    return unicodedata.normalize("NFC", "".join(sign for sign in apart if not unicodedata.combining(sign)))


def shown(text: str) -> str:
    """What a reader sees of it: without zero-width and direction signs, and without space around it."""
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf").strip()


def search_terms(text: str) -> str:
    """What somebody typed as a question for `to_tsquery`, whatever signs are in it; empty when nothing can be searched.

    All words must be found, accents and capitals aside; "words in quotes" one after the other, -words not at all, and
    the last word may still be unfinished.
    """
    found = [_term(*parts) for parts in PARTS.findall(fold(text))]
    wanted = [term for term, is_wanted in found if term and is_wanted]
    if not wanted:
        return ""
    if text[-1:].isalnum() and found[-1][1] and len(wanted[-1]) > SHORTEST + len("''"):
        wanted[-1] += ":*"
    return " & ".join([*wanted, *(f"!{term}" for term, is_wanted in found if term and not is_wanted)])


def asks_only_without(text: str) -> bool:
    """Whether somebody only said what is not to be found: -words alone are no question."""
    found = [_term(*parts) for parts in PARTS.findall(fold(text))]
    said = [is_wanted for term, is_wanted in found if term]
    return bool(said) and not any(said)


def _term(minus: str, phrase: str, word: str) -> tuple[str, bool]:
    """One word or phrase as a quoted term, and whether it is wanted; no term without a letter or a digit."""
    said = (phrase or word).replace("\\", " ").replace("'", " ").strip()
    return (f"'{said}'" if any(sign.isalnum() for sign in said) else "", not minus)
