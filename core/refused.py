"""What an operation says when it will not do what was asked."""

from typing import Any

from django.db import DataError

# What a client can send and no table or parser can hold: NUL, half of a surrogate pair, nesting without end.
ODD_INPUT = (UnicodeEncodeError, RecursionError, DataError)


class Refused(Exception):
    """An operation said no: one sentence for the person, one code for the program.

    A passing one may be yes in a moment: nobody should remember it. `more` is what the person needs to decide again.
    """

    def __init__(
        self,
        sentence: str,
        *,
        code: str,
        field: str | None = None,
        is_passing: bool = False,
        more: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.field = field
        self.is_passing = is_passing
        self.more = more or {}

    def __str__(self) -> str:
        return str(self.sentence)
