"""Words as search compares them: without accents, capitals and ornaments."""

import unicodedata

LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def fold(text: str) -> str:
    """The text in small letters without accents: "Łódź, façade" → "lodz, facade"; other scripts stay as they are."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    return unicodedata.normalize("NFC", "".join(sign for sign in apart if not unicodedata.combining(sign)))
