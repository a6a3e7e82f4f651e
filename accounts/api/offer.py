from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import faults, operations
from accounts.api.languages import LanguageSerializer
from accounts.api.skills import SkillWordsField
from accounts.documents import EMPTY, differences, missing, tidy, wanted_document
from accounts.models import CoachProfile, User
from core import clock
from core.api import ErrorSerializer, PriceSerializer

REFUSALS = dict.fromkeys((400, 401, 404, 409), ErrorSerializer)
WRITTEN = {
    "goal": "You come with school Spanish and leave able to hold a conversation.",
    "skills": ["spanish"],
    "experience": [
        {"title": "Guide", "organisation": "Museo de Bellas Artes", "from_year": 2015, "to_year": None, "text": ""}
    ],
    "education": [
        {"title": "Philology", "organisation": "Valencia", "from_year": 2008, "to_year": 2012, "text": "With honours."}
    ],
    "portfolio": [{"title": "Grammar in pictures", "url": "https://github.com/lucia/grammar", "text": ""}],
    "languages": [{"code": "es", "level": "native"}, {"code": "en", "level": "c1"}],
    "headline": "Conversational Spanish for travel and work",
    "bio": "Native speaker from Valencia.",
    "country": "ES",
    "hourly_rate": {"amount_cents": 3200, "currency": "usd"},
    "trial_rate": {"amount_cents": 1000, "currency": "usd"},
    "meeting_url": "https://meet.jit.si/lucia-teaches",
}
SENT = OpenApiExample("Everything at once", WRITTEN, request_only=True)
ONE_SECTION = OpenApiExample("One section", {"skills": ["js", "machine learning"]}, request_only=True)
ANSWER = OpenApiExample(
    "A public coach whose new text waits to be submitted",
    {"state": "draft", "is_public": True, "changed": ["bio"], "missing": [], "rejection_reason": ""} | WRITTEN,
    response_only=True,
)


class FilledSerializer(serializers.Serializer[Any]):
    """An entry always has all of its columns: what is left out is empty."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        empty = {name: None if name.endswith("_year") else "" for name in self.fields}
        return empty | super().to_internal_value(data)


class PastEntrySerializer(FilledSerializer):
    """A job, a project, a school; `to_year` is null while it lasts."""

    title = serializers.CharField()
    organisation = serializers.CharField(allow_blank=True, required=False)
    from_year = serializers.IntegerField()
    to_year = serializers.IntegerField(allow_null=True, required=False)
    text = serializers.CharField(allow_blank=True, required=False)


class ShownWorkSerializer(FilledSerializer):
    """Work to look at, at one of the hosts that the platform knows."""

    title = serializers.CharField()
    url = serializers.CharField(help_text="https, without a port; at a known host such as github.com or below it")
    text = serializers.CharField(allow_blank=True, required=False)


class SpokenSerializer(FilledSerializer, LanguageSerializer):
    """A language and how well; both are needed."""


class OfferSerializer(serializers.Serializer[Any]):
    """What one offers as a coach, as one wants it to be public.

    The first eight fields become public when staff approve them; rates, country and meeting link count at once.
    """

    state = serializers.ChoiceField(choices=CoachProfile.State.choices, read_only=True)
    is_public = serializers.BooleanField(read_only=True, help_text="Approved once; stays so while a change waits.")
    changed = serializers.ListField(child=serializers.CharField(), read_only=True, help_text="Sections not public yet.")
    missing = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="Needed before submitting."
    )
    rejection_reason = serializers.CharField(read_only=True)
    goal = serializers.CharField(allow_blank=True, required=False)
    skills = SkillWordsField(required=False)
    experience = PastEntrySerializer(many=True, required=False)
    education = PastEntrySerializer(many=True, required=False)
    portfolio = ShownWorkSerializer(many=True, required=False)
    languages = SpokenSerializer(many=True, required=False)
    headline = serializers.CharField(allow_blank=True, required=False)
    bio = serializers.CharField(allow_blank=True, required=False)
    country = serializers.CharField(allow_blank=True, required=False, help_text="ISO 3166, such as ES")
    hourly_rate = PriceSerializer(required=False, allow_null=True)
    trial_rate = PriceSerializer(required=False, allow_null=True)
    meeting_url = serializers.CharField(allow_blank=True, required=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        written = tidy(_in_columns(data))
        wrong: dict[str, Any] = {}
        for fault in faults.of_change(self.instance, written, now=clock.now()):
            _note(wrong, fault)
        if wrong:
            raise serializers.ValidationError(wrong)
        return written

    def to_representation(self, profile: CoachProfile) -> dict[str, Any]:
        shown = {name: getattr(profile, name) for name in ("state", "is_public", "rejection_reason")}
        shown |= {"changed": [each.section for each in differences(profile)], "missing": _named(missing(profile))}
        shown |= wanted_document(profile) | {"country": profile.country, "meeting_url": profile.meeting_url}
        for name in ("hourly_rate", "trial_rate"):
            cents = getattr(profile, f"{name}_cents")
            shown[name] = {"amount_cents": cents, "currency": profile.currency} if cents else None
        return {name: shown[name] for name in self.fields}


class OfferView(APIView):
    @extend_schema(
        summary="What you offer as a coach",
        responses={200: OfferSerializer, 401: ErrorSerializer, 404: ErrorSerializer},
        examples=[ANSWER],
    )
    def get(self, request: Request) -> Response:
        return _answer(_offer(request))

    @extend_schema(
        summary="Change what you offer, section by section or all at once",
        request=OfferSerializer(partial=True),
        responses={200: OfferSerializer} | REFUSALS,
        examples=[SENT, ONE_SECTION, ANSWER],
    )
    def patch(self, request: Request) -> Response:
        profile = _offer(request, make=True)
        sent = OfferSerializer(profile, data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        return _answer(operations.change_profile(profile, by=request.user, now=clock.now(), **sent.validated_data))


class OfferSubmitView(APIView):
    @extend_schema(
        summary="Submit your offer, or its change, for approval",
        request=None,
        responses={200: OfferSerializer} | REFUSALS,
        examples=[ANSWER],
    )
    def post(self, request: Request) -> Response:
        profile = _offer(request, make=True)
        return _answer(operations.submit_coach_profile(profile, by=request.user, now=clock.now()))


class OfferDiscardView(APIView):
    @extend_schema(
        summary="Throw away what is not public yet",
        request=None,
        responses={200: OfferSerializer} | REFUSALS,
        examples=[ANSWER],
    )
    def post(self, request: Request) -> Response:
        profile = _offer(request, make=True)
        return _answer(operations.discard_changes(profile, by=request.user, now=clock.now()))


def _offer(request: Request, *, make: bool = False) -> CoachProfile:
    """The person's own profile, made by the first change; an empty draft until then, 404 for who does not teach."""
    person = get_object_or_404(User, pk=request.user.pk, is_coach=True)
    if make:
        CoachProfile.objects.get_or_create(user=person)
    return CoachProfile.objects.filter(user=person).first() or CoachProfile(user=person)


def _answer(profile: CoachProfile) -> Response:
    return Response(OfferSerializer(profile).data)


def _in_columns(data: dict[str, Any]) -> dict[str, Any]:
    """Sections as they are, money as columns; one currency for both rates."""
    written = {name: data[name] for name in (*EMPTY, "country", "meeting_url") if name in data}
    for name in ("hourly_rate", "trial_rate"):
        if name in data:
            price = data[name] or {}
            written[f"{name}_cents"] = price.get("amount_cents")
            if price and written.setdefault("currency", price["currency"]) != price["currency"]:
                raise serializers.ValidationError({name: ["Use the currency of the hourly rate."]})
    return written


def _note(wrong: dict[str, Any], fault: faults.Fault) -> None:
    if fault.row is None:
        wrong[fault.section] = [fault.sentence]
    elif isinstance(rows := wrong.setdefault(fault.section, {}), dict):
        rows.setdefault(str(fault.row), {})[fault.column] = [fault.sentence]


def _named(columns: list[str]) -> list[str]:
    return [name.removesuffix("_cents") for name in columns]
