"""One's own data, for clients: take it along, or leave."""

from typing import Any

from allauth.core import ratelimit
from django.http import FileResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api import ErrorSerializer
from dashboards.operations import erase_account, export_data


class ConfirmSerializer(serializers.Serializer):
    """`confirm`: the account's password; its e-mail address where it has none."""

    confirm = serializers.CharField(max_length=200, trim_whitespace=False)

    def validate_confirm(self, confirm: str) -> str:
        person = self.context["request"].user
        secret_fits = person.check_password(confirm) if person.has_usable_password() else confirm == person.email
        if not secret_fits:
            raise serializers.ValidationError(_("This is not your password."))
        return confirm


WITH_PASSWORD = OpenApiExample("With the password", {"confirm": "my password"}, request_only=True)
REFUSALS = {400: ErrorSerializer, 409: ErrorSerializer, 429: ErrorSerializer}


class ExportView(APIView):
    """Everything that is held of the person."""

    @extend_schema(
        summary="Take my data along",
        description="A zip of JSON files and the photo; five times an hour at most (`too_many`). A token alone is not "
        "enough: the password is asked for, as on the page.",
        request=ConfirmSerializer,
        responses={(200, "application/zip"): OpenApiTypes.BINARY, **REFUSALS},
        examples=[WITH_PASSWORD],
    )
    def post(self, request: Request) -> FileResponse:
        _confirm(request)
        file = export_data(request.user, by=request.user, now=clock.now())
        headers = {"Cache-Control": "no-store"}
        return FileResponse(
            file, as_attachment=True, filename="skileez.zip", content_type="application/zip", headers=headers
        )


class EraseView(APIView):
    """Leaving for good."""

    @extend_schema(
        summary="Erase my account",
        description="Final. Refused (`not_erasable`) with every reason while money is held, a session due or a contract "
        "open. Contracts, reviews and the books keep their rows, with “Former member” in them.",
        request=ConfirmSerializer,
        responses={204: None, **REFUSALS},
        examples=[WITH_PASSWORD],
    )
    def post(self, request: Request) -> Response:
        _confirm(request)
        erase_account(request.user, by=request.user, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _confirm(request: Any) -> None:
    """Who asks proves once more who they are; guesses at a password are limited, here and on the pages together."""
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        raise exceptions.Throttled(60)
    ConfirmSerializer(data=request.data, context={"request": request}).is_valid(raise_exception=True)
