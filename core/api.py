"""What every endpoint shares: one error form, money, answers kept by Idempotency-Key."""

import hashlib
import json
import math
import re
from collections.abc import Callable
from datetime import UTC
from functools import wraps
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from core import clock
from core.models import KeptAnswer
from core.refused import ODD_INPUT, Refused

log = structlog.get_logger(__name__)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Same key, same answer for 24 hours."
)
# The first with a key has it; one that is spent (`KeptAnswerQuerySet.spent`) is as good as new.
CLAIM = """
INSERT INTO core_keptanswer AS kept (user_id, key, fingerprint, made_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (user_id, key) DO UPDATE
SET fingerprint = excluded.fingerprint, made_at = excluded.made_at, status = NULL, body = NULL
WHERE kept.made_at <= %s OR kept.status IS NULL AND kept.made_at <= %s RETURNING id
"""


def answer_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error as `{code, detail, fields?}`: 400 invalid, 401, 403, 404, 409 refusal, 429 with Retry-After."""
    if isinstance(error, Refused):
        set_rollback()
        return Response(_refusal(error, context.get("view")), status=status.HTTP_409_CONFLICT)
    if isinstance(error, ODD_INPUT):
        log.warning("odd input", error=repr(error)[:200])
        error = exceptions.ParseError(_("This contains something that no text of ours can hold."))
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(str(error) or None)
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    return Response(_body(error), status=error.status_code, headers=_headers(error))


def _body(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
        return {"code": "invalid", "detail": _first(fields), "fields": fields}
    codes = error.get_codes()
    return {"code": codes if isinstance(codes, str) else error.default_code, "detail": str(error.detail)}


def _refusal(refused: Refused, view: Any) -> dict[str, Any]:
    """With the field it is about by the name that clients know: `api_names` of the view, where that is another."""
    body: dict[str, Any] = {"code": refused.code, "detail": str(refused), **refused.more}
    if refused.field:
        name = getattr(view, "api_names", {}).get(refused.field, refused.field)
        body["fields"] = {name: [str(refused)]}
    return body


def _first(fields: Any) -> str:
    while isinstance(fields, dict | list) and fields:
        fields = next(iter(fields.values())) if isinstance(fields, dict) else fields[0]
    return str(fields) if fields else "Invalid input."


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    return headers


class MoneySerializer(serializers.Serializer[Any]):
    """`{amount_cents, currency}`: smallest units of an ISO 4217 currency, lower case."""

    amount_cents = serializers.IntegerField()
    currency = serializers.CharField(min_length=3, max_length=3)


class PriceSerializer(serializers.Serializer[Any]):
    """An amount above zero, in a currency of the platform, as clients send it."""

    amount_cents = serializers.IntegerField(min_value=1, max_value=99_999_999)
    currency = serializers.ChoiceField(choices=settings.CURRENCIES)

    def validate(self, price: dict[str, Any]) -> dict[str, Any]:
        """An amount is whole, also where the rest of a body may be partial."""
        missing = [name for name in ("amount_cents", "currency") if name not in price]
        if missing:
            raise serializers.ValidationError(
                {name: [self.fields[name].error_messages["required"]] for name in missing}
            )
        return price


class ErrorSerializer(serializers.Serializer[Any]):
    """The one form of every error."""

    code = serializers.CharField()
    detail = serializers.CharField()
    fields = serializers.DictField(  # type: ignore[assignment]
        required=False,
        help_text="What is wrong, by field: a list of sentences, or the same again for the parts of a field. With 400 "
        "always, with 409 where the refusal is about one field.",
    )


@extend_schema_field(MoneySerializer)
class MoneyField(serializers.Field[Any, Any, Any, Any]):
    """Reads two attributes, `<name>` in cents and a currency, as `{amount_cents, currency}`."""

    def __init__(self, cents: str, currency: str = "currency", **kwargs: Any) -> None:
        kwargs |= {"read_only": True, "source": "*"}
        super().__init__(**kwargs)
        self.cents, self.currency = cents, currency

    def to_representation(self, row: Any) -> dict[str, Any]:
        return {"amount_cents": _reach(row, self.cents), "currency": _reach(row, self.currency)}


def _reach(row: Any, path: str) -> Any:
    for step in path.split("."):
        row = getattr(row, step)
    return row() if callable(row) else row


Endpoint = Callable[..., Response]


def kept_by_key(endpoint: Endpoint) -> Endpoint:
    """Answer a repeated `Idempotency-Key` with the first answer; another body under the same key is a 409."""

    @wraps(endpoint)
    def answer(view: APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return endpoint(view, request, *args, **kwargs)
        if len(key) > 255:
            raise serializers.ValidationError({"Idempotency-Key": ["Use at most 255 characters."]})
        kept, first = _claim(request, key)
        return _and_keep(kept, view, lambda: endpoint(view, request, *args, **kwargs)) if first else _again(kept)

    return answer


def _claim(request: Request, key: str) -> tuple[KeptAnswer, bool]:
    text = json.dumps([request.method, request.path, request.data], sort_keys=True, default=str)
    person = int(request.user.pk or 0)
    fingerprint, now = hashlib.sha256(text.encode()).hexdigest(), clock.now()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, (person, key, fingerprint, now, now - KeptAnswer.LASTS, now - KeptAnswer.RUNS))
        if claimed := cursor.fetchone():
            return KeptAnswer(pk=claimed[0], made_at=now), True
    row = KeptAnswer.objects.filter(user_id=person, key=key).first()
    if row is None:  # the first came to nothing in this very moment, and has let go of the key
        return _claim(request, key)
    if row.fingerprint != fingerprint:
        raise Refused("This Idempotency-Key was used for another request.", code="idempotency_mismatch")
    return row, False


def _and_keep(row: KeptAnswer, view: APIView, call: Callable[[], Response]) -> Response:
    mine = KeptAnswer.objects.filter(pk=row.pk, made_at=row.made_at)  # who took too long has lost it to the next
    try:
        response = call()
    except Refused as refusal:
        if refusal.is_passing:
            mine.delete()
        response = view.handle_exception(refusal)
        if refusal.is_passing:
            return response
    except (exceptions.APIException, Http404, PermissionDenied) as error:
        response = view.handle_exception(error)
    except BaseException:
        mine.delete()  # nothing was decided: the same key may try again
        raise
    mine.update(status=response.status_code, body=json.loads(json.dumps(response.data, default=str)))
    return response


def _again(row: KeptAnswer) -> Response:
    if row.status is None:
        raise Refused("The first request with this Idempotency-Key is still running.", code="idempotency_running")
    return Response(row.body, status=row.status, headers={"Idempotent-Replayed": "true"})


class InstantField(serializers.DateTimeField):
    """A moment that must say its offset from UTC: a naive one could mean two moments, or none.

    It is given on in UTC: in the reader's zone, Python would add lengths to the wall clock.
    """

    default_error_messages = {"naive": "Give the offset from UTC, such as 2026-12-01T16:00:00+01:00."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str) or not OFFSET.search(value.strip()):
            self.fail("naive")
        return super().to_internal_value(value)


OFFSET = re.compile(r"(Z|[+-]\d{2}:?\d{2})$", re.IGNORECASE)


def with_etag(endpoint: Endpoint) -> Endpoint:
    """Send an ETag with a detail, and 304 to a client that has this very version."""

    @wraps(endpoint)
    def answer(view: APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = endpoint(view, request, *args, **kwargs)
        text = json.dumps(response.data, sort_keys=True, default=str)
        etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
        if request.headers.get("If-None-Match") == etag:
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": etag})
        response["ETag"] = etag
        return response

    return answer
