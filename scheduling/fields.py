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
