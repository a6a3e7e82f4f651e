"""A cache that may be away: what cannot be read is not there, what cannot be written is lost, and no page breaks.

A server that does not answer in time is left alone for a while, so that one page waits for it and not each.

Limits on attempts count in this cache, so they are open while it is away; signing in works.
"""

from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from core import away

log = structlog.get_logger(__name__)


class CacheThatMayBeAway(RedisCache):
    """Django's Redis cache, with the answers of an empty one where Redis does not answer."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._else(default, lambda: super(CacheThatMayBeAway, self).get(key, default, version))

    def get_many(self, keys: Any, version: int | None = None) -> Any:
        return self._else({}, lambda: super(CacheThatMayBeAway, self).get_many(keys, version))

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        self._else(None, lambda: super(CacheThatMayBeAway, self).set(key, value, *args, **kwargs))

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(self._else(True, lambda: super(CacheThatMayBeAway, self).add(key, value, *args, **kwargs)))

    def touch(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(self._else(False, lambda: super(CacheThatMayBeAway, self).touch(key, *args, **kwargs)))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._else(False, lambda: super(CacheThatMayBeAway, self).delete(key, version)))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return int(self._else(delta, lambda: super(CacheThatMayBeAway, self).incr(key, delta, version)))

    def _else(self, otherwise: Any, work: Callable[[], Any]) -> Any:
        [address] = self._servers  # type: ignore[attr-defined]
        if away.is_away(address):
            return otherwise
        try:
            return work()
        except RedisError as error:
            away.found_away(address)
            log.warning("cache is away", error=str(error))
            return otherwise
