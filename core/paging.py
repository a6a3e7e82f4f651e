"""Lists for clients, in pages by cursor."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from core.keyset import OddCursor, part_of


class NewestFirst(CursorPagination):
    """Pages by cursor, newest first; the order is total because ids only grow."""

    ordering = "-pk"
    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100

    def decode_cursor(self, request: Request) -> Any:
        try:
            return super().decode_cursor(request)
        except NotFound as error:
            raise _no_cursor_of_ours() from error


class InItsOrder(NewestFirst):
    """Pages by cursor in the order of the list itself, which its filter set has given it; see core.keyset."""

    look = 1

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        self.base_url = request.build_absolute_uri()
        size = self.get_page_size(request) or self.page_size
        try:
            self.part = part_of(queryset, request.query_params.get(self.cursor_query_param, ""), size, self.look)
        except OddCursor as error:
            raise _no_cursor_of_ours() from error
        return self.part.rows

    def get_next_link(self) -> str | None:
        return self._link(self.part.next)

    def get_previous_link(self) -> str | None:
        return self._link(self.part.previous)

    def _link(self, cursor: str) -> str | None:
        bare = remove_query_param(self.base_url or "", self.cursor_query_param)
        return replace_query_param(bare, self.cursor_query_param, cursor) if cursor else None


class InItsOrderAtOnce(InItsOrder):
    """The same in one statement, where much else has to be asked for each page."""

    look = 0


def _no_cursor_of_ours() -> ValidationError:
    return ValidationError({"cursor": [_("This cursor belongs to no list, or to one in another order.")]})
