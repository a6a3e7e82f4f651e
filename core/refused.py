"""What an operation says when it will not do what was asked."""


class Refused(Exception):
    """An operation said no: one sentence for the person, one code for the program."""

    def __init__(self, sentence: str, *, code: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.field = field

    def __str__(self) -> str:
        return str(self.sentence)
