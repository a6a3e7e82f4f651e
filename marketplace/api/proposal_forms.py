"""What proposals look like to clients, and what clients send."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field
from rest_framework import serializers

from core.api import MoneyField, MoneySerializer, PriceSerializer
from marketplace.api.fields import WeekWindowSerializer
from marketplace.models import NOT_CHOSEN, DeclineReason, PaymentModel, Proposal, Terms
from marketplace.policy import MAX_ANSWER, MAX_MESSAGE, MAX_REASON, MAX_VERSIONS
from marketplace.thread import Version, versions_of
from scheduling.weekly import windows_of_hours

USD = {"currency": "usd"}
LETTER = "I have taught Spanish to beginners for ten years, and I would begin with the words of your first week."
WORDS = {"cover_letter": LETTER, "approach_summary": "We talk from the first minute."}
FIGURES = {"payment_model": "per_hour", "session_count": 4, "session_minutes": 45}
COUNTED = FIGURES | {"rate": {"amount_cents": 6000, **USD}, "expected_total": {"amount_cents": 18000, **USD}}
STATES = ["accepted", "standing", "waiting", "agreed", "declined", "replaced", "last"]
VERSION = {"number": 1, "offered_by": "coach", "state": "standing", **COUNTED, "changed": [], "message": ""} | {
    "offered_at": "2026-11-20T10:00:00Z",
    "agreed_at": None,
    "declined_at": None,
}
SHOWN = (
    {"id": 40, "request": 12, "coach": {"id": 7, "name": "Lucía Fernández"}, "state": "open", **WORDS, **COUNTED}
    | {
        "hourly_rate": {"amount_cents": 6000, **USD},
        "payment_schedule": [
            {"due": "upfront", "amount": {"amount_cents": 18000, **USD}, "first_session": 1, "last_session": 4}
        ],
        "availability_match": {
            "percent": 67,
            "windows": [{"weekday": 1, "starts": "18:00", "ends": "20:00"}],
            "timezone": "Europe/Dublin",
        },
        "answers": [{"question": 5, "text": "Yes, many."}],
        "terms_number": 1,
        "has_counter": False,
    }
    | {"created_at": "2026-11-20T10:00:00Z", "edited_at": None, "expires_at": "2026-12-04T10:00:00Z"}
    | {"accepted_at": None, "accepted_terms": False, "declined_because": "", "decline_reason": ""}
)
PROPOSAL_SENT = OpenApiExample(
    "A proposal",
    {"request": 12, **WORDS, **FIGURES, "rate": {"amount_cents": 6000, **USD}}
    | {"answers": [{"question": 5, "text": "Yes, many."}]},
    request_only=True,
)
PROPOSALS = OpenApiExample("A proposal", SHOWN, response_only=True)
PROPOSAL = OpenApiExample("A proposal with its thread", SHOWN | {"thread": [VERSION]}, response_only=True)
COUNTER_SENT = OpenApiExample(
    "A counter-offer",
    {"rate": {"amount_cents": 5500, **USD}, "session_count": 6, "message": "Could we do six for a little less each?"},
    request_only=True,
)
TERMS_SEEN = OpenApiExample("The terms that were shown", {"terms": 2}, request_only=True)
EDIT_SENT = OpenApiExample("Other words", {"approach_summary": "We begin with your own mails."}, request_only=True)
DECLINE_SENT = OpenApiExample(
    "A no with a reason", {"because": "times", "reason": "I need somebody in the evenings."}, request_only=True
)


class OffererSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class AnswerSerializer(serializers.Serializer):
    question = serializers.IntegerField(source="question_id", min_value=1, max_value=2**63 - 1)
    text = serializers.CharField(max_length=MAX_ANSWER)


class InstalmentSerializer(serializers.Serializer):
    """One payment: when it is due, and for which sessions; each session's share is held until that one is done."""

    due = serializers.CharField()
    amount = MoneySerializer()
    first_session = serializers.IntegerField()
    last_session = serializers.IntegerField()


class AvailabilityMatchSerializer(serializers.Serializer):
    """How much of the preferred times the coach is free at, and when that is by the clock of the request's zone."""

    percent = serializers.IntegerField(min_value=0, max_value=100)
    windows = WeekWindowSerializer(many=True)
    timezone = serializers.CharField()


class VersionSerializer(serializers.Serializer):
    """One version of the terms, and which of its figures differ from the version before."""

    number = serializers.IntegerField(source="terms.number")
    offered_by = serializers.CharField(source="terms.offered_by", help_text="`coach` or `student`.")
    state = serializers.CharField(help_text=", ".join(f"`{state}`" for state in STATES))
    payment_model = serializers.ChoiceField(choices=PaymentModel.choices, source="terms.payment_model")
    rate = MoneyField("terms.rate_cents", "terms.currency")
    session_count = serializers.IntegerField(source="terms.session_count")
    session_minutes = serializers.IntegerField(source="terms.session_minutes")
    expected_total = MoneyField("terms.expected_total_cents", "terms.currency")
    changed = serializers.SerializerMethodField()
    message = serializers.CharField(source="terms.message")
    offered_at = serializers.DateTimeField(source="terms.offered_at")
    agreed_at = serializers.DateTimeField(source="terms.agreed_at", allow_null=True)
    declined_at = serializers.DateTimeField(source="terms.declined_at", allow_null=True)

    def get_changed(self, version: Version) -> list[str]:
        return sorted({"rate_cents": "rate"}.get(name, name) for name in version.changed)


class ProposalsSerializer(serializers.ModelSerializer):
    """A proposal as its coach and the student see it; `hourly_rate` is null when it is paid per session."""

    coach = OffererSerializer()
    rate = MoneyField("rate_cents")
    hourly_rate = serializers.SerializerMethodField()
    expected_total = MoneyField("expected_total_cents")
    payment_schedule = serializers.SerializerMethodField()
    availability_match = serializers.SerializerMethodField()
    answers = AnswerSerializer(many=True)
    has_counter = serializers.BooleanField(help_text="Whether the coach owes an answer to a counter-offer.")

    class Meta:
        model = Proposal
        fields = ["id", "request", "coach", "state", *WORDS, *FIGURES, "rate", "hourly_rate", "expected_total"]
        fields += ["payment_schedule", "availability_match", "answers", "terms_number", "has_counter"]
        fields += ["created_at", "edited_at", "expires_at", "accepted_at", "accepted_terms"]
        fields += ["declined_because", "decline_reason"]

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_hourly_rate(self, proposal: Proposal) -> dict[str, Any] | None:
        return _money(proposal, proposal.rate_cents) if proposal.payment_model == PaymentModel.PER_HOUR else None

    @extend_schema_field(AvailabilityMatchSerializer(allow_null=True))
    def get_availability_match(self, proposal: Proposal) -> dict[str, Any] | None:
        """Null where the student has named no times, and when the proposal is over."""
        match = proposal.match
        windows = windows_of_hours(match.hours_both)
        return None if match.percent is None else {"percent": match.percent, "windows": windows, "timezone": match.zone}

    @extend_schema_field(InstalmentSerializer(many=True))
    def get_payment_schedule(self, proposal: Proposal) -> list[dict[str, Any]]:
        return [
            {
                "due": each.due,
                "amount": _money(proposal, each.amount_cents),
                "first_session": each.first_session,
                "last_session": each.last_session,
            }
            for each in proposal.instalments
        ]


class ProposalSerializer(ProposalsSerializer):
    """A proposal with every version of its terms, oldest first."""

    thread = serializers.SerializerMethodField()

    class Meta(ProposalsSerializer.Meta):
        fields = [*ProposalsSerializer.Meta.fields, "thread"]

    @extend_schema_field(VersionSerializer(many=True))
    def get_thread(self, proposal: Proposal) -> Any:
        return VersionSerializer(versions_of(proposal, proposal.thread.all()), many=True).data


def _money(proposal: Proposal, cents: int) -> dict[str, Any]:
    return {"amount_cents": cents, "currency": proposal.currency}


class SeenField(serializers.IntegerField):
    """The newest version of the thread that was read; when there is a newer one, the answer is `terms_changed`."""

    def __init__(self) -> None:
        super().__init__(source="seen", min_value=1, max_value=MAX_VERSIONS, required=False)


class ProposalWriteSerializer(serializers.ModelSerializer):
    """What a coach sends: the rate in the currency of the coach profile, an answer to each question."""

    request = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    rate = PriceSerializer()
    answers = AnswerSerializer(many=True, required=False)

    class Meta:
        model = Proposal
        fields = ["request", *WORDS, *FIGURES, "rate", "answers"]

    def to_send(self, currency: str | None) -> dict[str, Any]:
        """What the operation takes."""
        data = _with_cents(self.validated_data, currency)
        data.pop("request", None)
        answers = {answer["question_id"]: answer["text"] for answer in data.pop("answers", [])}
        return data | {"answers": answers}


class ProposalEditSerializer(ProposalWriteSerializer):
    """What a coach changes: words, answers by question; other figures become a new version of the terms."""

    request = None  # type: ignore[assignment]
    terms = SeenField()

    class Meta(ProposalWriteSerializer.Meta):
        fields = [*WORDS, *FIGURES, "rate", "answers", "terms"]


class CounterSerializer(serializers.ModelSerializer):
    """Other figures, in the proposal's currency; what is left out stays as it is offered now."""

    rate = PriceSerializer(required=False)
    message = serializers.CharField(max_length=MAX_MESSAGE, required=False, allow_blank=True)
    terms = SeenField()

    class Meta:
        model = Terms
        fields = [*FIGURES, "rate", "message", "terms"]
        extra_kwargs = {name: {"required": False} for name in FIGURES}

    def to_send(self, currency: str) -> dict[str, Any]:
        """What the operation takes."""
        return _with_cents(self.validated_data, currency)


class SeenSerializer(serializers.Serializer):
    """Which version of the terms is meant; when it no longer is the one, the answer is `terms_changed`."""

    terms = serializers.IntegerField(min_value=1, max_value=MAX_VERSIONS, required=False)


class DeclineSerializer(serializers.Serializer):
    """Why a student does not want a proposal; both may be left out."""

    because = serializers.ChoiceField(
        choices=[each for each in DeclineReason.choices if each[0] not in NOT_CHOSEN], required=False, allow_blank=True
    )
    reason = serializers.CharField(max_length=MAX_REASON, required=False, allow_blank=True)


def _with_cents(data: dict[str, Any], currency: str | None) -> dict[str, Any]:
    """The data with its rate in cents, which must be in the currency of the proposal or the profile."""
    left = dict(data)
    rate = left.pop("rate", None)
    if rate and currency and rate["currency"] != currency:
        raise serializers.ValidationError({"rate": [f"Use the currency of the coach, {currency}."]})
    return left | ({"rate_cents": rate["amount_cents"]} if rate else {})
