from typing import TYPE_CHECKING

from redis.exceptions import RedisError
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class _OpenWhenCacheIsAway:
    """A counter that cannot be reached must not shut the door to everybody."""

    def allow_request(self, request: "Request", view: "APIView") -> bool:
        try:
            return bool(super().allow_request(request, view))  # type: ignore[misc]
        except RedisError:
            return True


class PersonThrottle(_OpenWhenCacheIsAway, UserRateThrottle):
    scope = "person"


class NetworkThrottle(_OpenWhenCacheIsAway, AnonRateThrottle):
    scope = "network"
