"""The live stream says what changed, and open pages look again.

A word that Redis does not take is said again until it does. Whoever may have missed one, because the page or its stream
was not there yet, is told to look `again`. Pages also poll, for what nobody foresaw.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from functools import cache

import redis
import redis.asyncio
import structlog
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from core import away
from notifications import unsaid

HEARTBEAT = 15.0
LIFETIME = 600.0  # a stream that ends is asked for again, so a sign-out ends it too
RETRY = 2.0
REMEMBERED = 900  # seconds; a page that is older has missed something for sure
LONG_AGO = 0.0
AGAIN = "event: again\ndata: 1\n\n"
PATIENCE = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "retry": Retry(NoBackoff(), 0)}

log = structlog.get_logger(__name__)


def announce(user_ids: Iterable[int], *topics: str) -> None:
    """After commit, say to the open pages of these people what changed."""
    words = {(user_id, topic) for user_id in user_ids for topic in topics}
    transaction.on_commit(lambda: _publish(words), robust=True)


def _publish(words: set[tuple[int, str]]) -> None:
    if away.is_away(settings.REDIS_URL):
        unsaid.keep(words, _say)
        return
    try:
        _say(words)
    except RedisError as error:
        away.found_away(settings.REDIS_URL)
        log.warning("live word is late", error=str(error), words=len(words))
        unsaid.keep(words, _say)


def _say(words: set[tuple[int, str]]) -> None:
    """The moment first: who listens too late for the word finds it."""
    pipe = _client().pipeline(transaction=False)
    for user_id in sorted({user_id for user_id, _topic in words}):
        pipe.set(_last(user_id), time.time(), ex=REMEMBERED)
    for user_id, topic in sorted(words):
        pipe.publish(channel(user_id), topic)
    pipe.execute()
    away.found_back(settings.REDIS_URL)


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, **PATIENCE)


def channel(user_id: int) -> str:
    return f"live:{user_id}"


def _last(user_id: int) -> str:
    return f"live:last:{user_id}"


async def stream(user_id: int, *, since: float | None = None) -> AsyncIterator[str]:
    """Server-sent events of one person: the name says what changed; a comment now and then shows it is alive.

    `since` is the moment from which words may have been missed.
    """
    ends = time.monotonic() + LIFETIME
    yield f"retry: {RETRY * 1000:.0f}\nid: heard\n\n"  # whoever names this id has listened before
    while time.monotonic() < ends:
        try:
            async for words in _listen(user_id, ends, since):
                yield words
        except RedisError as error:
            log.warning("live stream without Redis", error=str(error))
            since = LONG_AGO
            yield ": waiting\n\n"
            await asyncio.sleep(RETRY)


async def _listen(user_id: int, ends: float, since: float | None) -> AsyncIterator[str]:
    client = redis.asyncio.Redis.from_url(settings.REDIS_URL, **settings.REDIS_PATIENCE)
    try:
        async with client.pubsub(ignore_subscribe_messages=True) as subscription:
            await subscription.subscribe(channel(user_id))
            missed = since is not None and await _was_said(user_id, since)
            yield ": listening\n\n"
            if missed:
                yield AGAIN
            while time.monotonic() < ends:
                message = await subscription.get_message(timeout=HEARTBEAT)
                yield f"event: {message['data'].decode()}\ndata: 1\n\n" if message else ": alive\n\n"
    finally:
        await client.aclose()


async def _was_said(user_id: int, since: float) -> bool:
    if since < time.time() - REMEMBERED:
        return True
    async with redis.asyncio.Redis.from_url(settings.REDIS_URL, **settings.REDIS_PATIENCE) as client:
        return float(await client.get(_last(user_id)) or 0) >= since
