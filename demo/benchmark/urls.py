"""The addresses of the site, one that does as little as a view with a token and a row can, and booking alone."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.urls import include, path
from rest_framework.generics import RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ModelSerializer

from core import clock, events
from scheduling.models import Session
from scheduling.operations import schedule


class BareSerializer(ModelSerializer[Session]):
    class Meta:
        model = Session
        fields = ["id", "state", "starts_at"]


class BareView(RetrieveAPIView[Session]):
    queryset = Session.objects.all()
    serializer_class = BareSerializer

    def post(self, request: Request, pk: int) -> Response:
        """Give the session a time: the operation, without what other floors do about it."""
        starts_at = datetime.fromisoformat(request.data["scheduled_at"])
        with nobody_listening():
            session = schedule(self.get_object(), starts_at=starts_at, by=request.user, now=clock.now())
        return Response(self.get_serializer(session).data)


@contextmanager
def nobody_listening() -> Iterator[None]:
    """The site that is benchmarked answers one request after the other, so nobody else misses the listeners."""
    listeners, events._reactions = events._reactions, defaultdict(list)
    try:
        yield
    finally:
        events._reactions = listeners


urlpatterns = [path("bare/<int:pk>/", BareView.as_view()), path("", include("skileez.urls"))]
