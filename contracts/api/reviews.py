"""Reviews for clients."""

from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, permissions, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contracts import operations
from contracts.api.contracts import REFUSALS
from contracts.models import Booking, Contract, Review
from core import clock


class ReviewSerializer(serializers.ModelSerializer):
    author = serializers.CharField(source="author.first_name", read_only=True)
    contract = serializers.IntegerField(source="contract_id")
    stars = serializers.IntegerField(min_value=1, max_value=5)

    class Meta:
        model = Review
        fields = ["id", "contract", "author", "stars", "text", "is_public", "written_at"]
        read_only_fields = ["written_at"]


class ReviewView(APIView):
    @extend_schema(
        summary="Review a contract",
        request=ReviewSerializer,
        responses={201: ReviewSerializer, **REFUSALS},
        tags=["reviews"],
        examples=[
            OpenApiExample("Five stars", {"contract": 42, "stars": 5, "text": "Patient and clear."}, request_only=True)
        ],
    )
    def post(self, request: Request) -> Response:
        form = ReviewSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        facts = dict(form.validated_data)
        contract = get_object_or_404(Contract.objects.of(request.user), pk=facts.pop("contract_id"))
        review = operations.write_review(contract, by=request.user, now=clock.now(), **facts)
        return Response(ReviewSerializer(review).data, status=status.HTTP_201_CREATED)


@extend_schema_view(
    list=extend_schema(summary="The review of a session's contract, for its parties", tags=["reviews"], filters=False)
)
class SessionReviewViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    serializer_class = ReviewSerializer
    queryset = Review.objects.none()

    def get_queryset(self) -> Any:
        bookings = Booking.objects.of(self.request.user).filter(session=self.kwargs["session_id"])
        reviews = Review.objects.filter(contract__in=bookings.values("contract"), withdrawn_at__isnull=True)
        return reviews.filter(Q(is_public=True) | Q(author=self.request.user)).select_related("author").order_by("-pk")


@extend_schema_view(list=extend_schema(summary="Public reviews of a coach", tags=["reviews"], filters=False))
class CoachReviewViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    serializer_class = ReviewSerializer
    permission_classes = [permissions.AllowAny]
    queryset = Review.objects.none()

    def get_queryset(self) -> Any:
        return Review.objects.public().filter(coach=self.kwargs["coach_id"]).select_related("author").order_by("-pk")
