"""What a student can book with a coach by themselves, for how long, at what price and with how much notice."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import CoachProfile
from contracts import policy
from contracts.forms import LengthForm
from contracts.operations.booking import price_of
from core import clock
from core.api import ErrorSerializer, MoneySerializer
from core.refused import Refused
from scheduling.diary import read_diary
from scheduling.models import Calendar, Session
from scheduling.policy import consultation_minutes

CONSULTATION, TRIAL, DIRECT = Session.Kind.CONSULTATION.value, Session.Kind.TRIAL.value, Session.Kind.DIRECT.value


class LengthSerializer(serializers.Serializer):
    """A usual length with what it costs; any other between the shortest and the longest may be booked, too."""

    minutes = serializers.IntegerField()
    price = MoneySerializer()


class KindSerializer(serializers.Serializer):
    """What a student may book by themselves."""

    kind = serializers.ChoiceField([CONSULTATION, TRIAL, DIRECT])
    shortest_minutes = serializers.IntegerField()
    longest_minutes = serializers.IntegerField()
    notice_hours = serializers.IntegerField()
    prices = LengthSerializer(many=True)


class OptionsSerializer(serializers.Serializer):
    coach = serializers.IntegerField()
    timezone = serializers.CharField(help_text="Of the coach's weekly hours.")
    step_minutes = serializers.IntegerField()
    horizon_days = serializers.IntegerField()
    confirms = serializers.ChoiceField(Calendar.Confirms.choices)
    has_hours = serializers.BooleanField(help_text="Whether the coach has said at all when they can be booked.")
    kinds = KindSerializer(many=True)


FREE = {"amount_cents": 0, "currency": "usd"}
OPTIONS = OpenApiExample(
    "A coach who gives consultations",
    {
        "coach": 7,
        "timezone": "Europe/Madrid",
        "step_minutes": 30,
        "horizon_days": 60,
        "confirms": "instant",
        "has_hours": True,
        "kinds": [
            {
                "kind": CONSULTATION,
                "shortest_minutes": 15,
                "longest_minutes": 15,
                "notice_hours": 4,
                "prices": [{"minutes": 15, "price": FREE}],
            }
        ],
    },
    response_only=True,
)


class OptionsView(APIView):
    @extend_schema(
        summary="What I can book with a coach, at what price and on which terms of time",
        tags=["availability"],
        responses={200: OptionsSerializer, 404: ErrorSerializer},
        examples=[OPTIONS],
    )
    def get(self, request: Request, coach_id: int) -> Response:
        now, shown = clock.now(), CoachProfile.objects.visible_to(request.user).defer(*CoachProfile.SEARCHED)
        profile = get_object_or_404(shown, user_id=coach_id)
        free, paid = (read_diary(coach_id, [], now, now, now, kind=kind) for kind in (CONSULTATION, DIRECT))
        kinds = [_kind(profile, kind, free if kind == CONSULTATION else paid, now) for kind in _offered(profile)]
        said = {"coach": coach_id, "timezone": paid.zone.key, "confirms": paid.confirms, "has_hours": paid.has_hours}
        said |= {"step_minutes": paid.step_minutes, "horizon_days": paid.horizon_days}
        return Response(said | {"kinds": [kind for kind in kinds if kind]})


def _offered(profile: CoachProfile) -> list[str]:
    return [CONSULTATION, TRIAL, DIRECT] if profile.trial_rate_cents else [CONSULTATION, DIRECT]


def _kind(profile: CoachProfile, kind: str, diary: Any, now: datetime) -> dict[str, Any] | None:
    """One kind with its usual lengths and their prices; none while the coach gives no such sessions."""
    if diary.refuses:
        return None
    lasts = consultation_minutes(now)
    minutes = range(lasts, lasts + 1) if kind == CONSULTATION else policy.booking_minutes(kind)
    return {
        "kind": kind,
        "shortest_minutes": minutes[0],
        "longest_minutes": minutes[-1],
        "notice_hours": diary.notice_hours,
        "prices": _prices(profile, kind, [lasts] if kind == CONSULTATION else LengthForm.LENGTHS[kind], now),
    }


def _prices(profile: CoachProfile, kind: str, lengths: Any, now: datetime) -> list[dict[str, Any]]:
    """Those lengths that can be booked; what would cost less than a session may is none of them."""
    found = []
    for minutes in lengths:
        try:
            cents = 0 if kind == CONSULTATION else price_of(profile, kind, minutes, now=now)
        except Refused:
            continue
        found.append({"minutes": minutes, "price": {"amount_cents": cents, "currency": profile.currency}})
    return found
