"""A PostgreSQL type that Django has no field for."""

from typing import Any

from django.db import models
from psycopg.types.multirange import TimestamptzMultirange
from psycopg.types.range import TimestamptzRange


class StretchesField(models.Field):
    """Stretches of time, as `tstzmultirange`; in Python a list of (start, end) in UTC, sorted and apart."""

    def db_type(self, connection: Any) -> str:
        return "tstzmultirange"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else [(each.lower, each.upper) for each in value]

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        return TimestamptzMultirange([TimestamptzRange(start, end) for start, end in value])


@StretchesField.register_lookup
class Covers(models.Lookup):
    """`stretches__covers=(start, end)`: one of the stretches holds all of this time."""

    lookup_name = "covers"

    def get_prep_lookup(self) -> Any:
        return TimestamptzRange(*self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, values = self.process_lhs(compiler, connection)
        return f"{left} @> %s", [*values, self.rhs]
