"""Lists in an order of their own, in parts: a cursor names the row a part begins behind, so nothing moves under it."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, OrderBy, Q, QuerySet, Value

LONGEST = 300
BIGGEST = 2**63
CAREFUL = 5


class OddCursor(ValueError):
    """A cursor that no list of ours has given out, or that belongs to a list in another order."""


@dataclass(frozen=True)
class Part:
    """Some rows of a list, with the cursors of its neighbours; empty where there is none."""

    rows: list[Any]
    previous: str
    next: str
    ahead: int  # on the first part: how many rows there are, as far as was looked
    is_first: bool


def part_of(rows: QuerySet[Any], cursor: str, size: int, look: int = 1) -> Part:
    """The part of an ordered list that a cursor asks for, without counting all; the first one for an empty cursor.

    The list is ordered by one value and then by `pk`, or another column that is unique, both in one direction:
    `order_by("-score", "-pk")`. The value may be a column, also of a row beside, or an annotation. Where it may be missing, `F(…).desc(nulls_last=True)` says so.
    """
    order = _order_of(rows)
    forward, beyond = _asked(cursor, order) if cursor else (True, Q())
    there = rows.filter(beyond).order_by(*order.terms(forward))
    # Only somebody who wants many is not led down the whole order in the hope that a few will turn up soon.
    keys: Any = there.values_list("pk", flat=True)[: CAREFUL * size if cursor else max(look, CAREFUL * size)]
    if look:
        keys = list(keys)
    found = list(there.filter(pk__in=keys[: size + 1] if look else keys)[: size + 1])
    more, shown = len(found) > size, found[:size]
    if not forward:
        shown.reverse()
    before, after = (bool(cursor), more) if forward else (more, True)
    return Part(
        rows=shown,
        previous=order.cursor(shown[0], forward=False) if shown and before else "",
        next=order.cursor(shown[-1], forward=True) if shown and after else "",
        ahead=len(keys) if look else len(found),
        is_first=not cursor,
    )


@dataclass(frozen=True)
class _Order:
    name: str
    last: str  # what tells rows of one value apart
    descending: bool
    may_be_missing: bool
    field: "models.Field[Any, Any]"

    def terms(self, forward: bool) -> list[OrderBy]:
        down = self.descending == forward
        missing = {"nulls_last" if forward else "nulls_first": True} if self.may_be_missing else {}
        last = [OrderBy(F(self.last), descending=down)]
        return last if self.name == self.last else [OrderBy(F(self.name), descending=down, **missing), *last]

    def beyond(self, value: Any, pk: int, forward: bool) -> Q:
        """What lies on the far side of a row; a missing value lies behind all others."""
        sign = "<" if self.descending == forward else ">"
        if value is None:
            same = Q(**{f"{self.name}__isnull": True}) & Q(_Beyond({self.last: Value(pk)}, sign))
            return same if forward else same | Q(**{f"{self.name}__isnull": False})
        there = Q(_Beyond({self.name: Value(value, output_field=self.field), self.last: Value(pk)}, sign))
        return there | Q(**{f"{self.name}__isnull": True}) if self.may_be_missing and forward else there

    def cursor(self, row: Any, *, forward: bool) -> str:
        text = json.dumps([self.key, forward, _reach(row, self.name), getattr(row, self.last)], default=_plain)
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @property
    def key(self) -> str:
        return f"-{self.name}" if self.descending else self.name


class _Beyond(Func):
    """`(value, pk) < (1, 2)`: one comparison, which one index answers."""

    output_field = models.BooleanField()
    conditional = True

    def __init__(self, row: dict[str, Value], sign: str) -> None:
        super().__init__(*(F(name) for name in row), *row.values())
        self.sign = sign

    def as_sql(self, compiler: Any, connection: Any, *_words: Any, **_context: Any) -> Any:
        compiled = [compiler.compile(each) for each in self.source_expressions]
        half = len(compiled) // 2
        left, right = (", ".join(sql for sql, _params in side) for side in (compiled[:half], compiled[half:]))
        return f"({left}) {self.sign} ({right})", [each for _sql, params in compiled for each in params]


def _order_of(rows: QuerySet[Any]) -> _Order:
    asked: Any = rows.query.order_by or ("-pk",)
    first, *rest = asked
    if isinstance(first, OrderBy):
        column: Any = first.expression
        name, down, missing = column.name, first.descending, bool(first.nulls_last)
    else:
        name, down, missing = first.lstrip("-"), first.startswith("-"), False
    last = rest[0].lstrip("-") if rest else name
    if rest != ([] if last == name else ["-" * down + last]) or not _is_unique(rows, last):
        raise TypeError("order the list by one value, then by something unique in the same direction")
    known = rows.query.clone().resolve_ref("id" if name == "pk" else name)
    return _Order(name, last, down, missing, known.output_field)


def _is_unique(rows: QuerySet[Any], name: str) -> bool:
    return name == "pk" or any(name == each.attname and each.unique for each in rows.model._meta.concrete_fields)


def _asked(cursor: str, order: _Order) -> tuple[bool, Q]:
    try:
        key, forward, value, pk = _decoded(cursor)
        if key != order.key or not isinstance(forward, bool) or not isinstance(pk, int) or abs(pk) >= BIGGEST:
            raise OddCursor
        return forward, order.beyond(_meant(value, order), pk, forward)
    except (ValueError, TypeError, OverflowError, RecursionError, ValidationError) as error:
        raise OddCursor from error


def _decoded(cursor: str) -> Any:
    if len(cursor) > LONGEST:
        raise OddCursor
    padding = b"=" * (-len(cursor) % 4)
    return json.loads(base64.b64decode(cursor.encode() + padding, altchars=b"-_", validate=True))


def _meant(value: Any, order: _Order) -> Any:
    meant = order.field.to_python(value)
    odd = meant is None and not order.may_be_missing
    odd |= isinstance(meant, datetime) and meant.tzinfo is None
    odd |= isinstance(meant, str) and "\x00" in meant
    if odd:
        raise OddCursor
    return meant


def _reach(row: Any, path: str) -> Any:
    for step in path.split("__") if not hasattr(row, path) else [path]:
        row = getattr(row, step)
    return row


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
