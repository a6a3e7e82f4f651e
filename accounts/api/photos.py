from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import operations
from accounts.models import User
from accounts.pictures import portrait_of
from core import clock
from core.api import ErrorSerializer

REFUSALS = {400: ErrorSerializer, 401: ErrorSerializer, 409: ErrorSerializer}


@extend_schema_field(OpenApiTypes.URI)
class FaceField(serializers.Field):
    """The address of a person's photo, null where there is none; `source` leads to the person."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"read_only": True, "source": "*", "allow_null": True} | kwargs))

    def to_representation(self, person: User) -> str | None:
        return settings.SITE_URL + person.portrait if person.portrait else None


class PhotoSerializer(serializers.Serializer):
    """What is sent: one file, JPEG, PNG or WebP."""

    photo = serializers.FileField(max_length=None, allow_empty_file=True, use_url=False)


class ShownSerializer(serializers.Serializer):
    photo = FaceField()


class PhotoView(APIView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        summary="Show this photo",
        description="At most 5 MB and 24 million pixels. The middle is kept as a square of 512 pixels in WebP, and "
        "nothing else of the file. Refused with `picture_too_big`, `picture_too_many_pixels`, `picture_too_small`, "
        "`picture_moves` or `picture_not_readable`.",
        request={"multipart/form-data": PhotoSerializer},
        responses={200: ShownSerializer} | REFUSALS,
    )
    def put(self, request: Request) -> Response:
        sent = PhotoSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        portrait = portrait_of(sent.validated_data["photo"])
        person = operations.put_photo(request.user, portrait=portrait, by=request.user, now=clock.now())
        return Response(ShownSerializer(person).data)

    @extend_schema(summary="Show no photo any more", request=None, responses={204: None} | REFUSALS)
    def delete(self, request: Request) -> Response:
        operations.remove_photo(request.user, by=request.user, now=clock.now())
        return Response(status=204)
