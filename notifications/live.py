"""The live stream says what changed, and open pages look again. A word may get lost: pages also poll."""

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

HEARTBEAT = 15.0
LIFETIME = 600.0  # a stream that ends is asked for again, so a sign-out ends it too
PATIENCE = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "retry": Retry(NoBackoff(), 0)}

log = structlog.get_logger(__name__)


def announce(user_ids: Iterable[int], *topics: str) -> None:
    """After commit, say to the open pages of these people what changed."""
    people = sorted(set(user_ids))
    transaction.on_commit(lambda: _publish(people, topics), robust=True)


def _publish(people: list[int], topics: tuple[str, ...]) -> None:
    if away.is_away(settings.REDIS_URL):
        return
    try:
        pipe = _client().pipeline(transaction=False)
        for user_id in people:
            for topic in topics:
                pipe.publish(channel(user_id), topic)
        pipe.execute()
    except RedisError as error:
        away.found_away(settings.REDIS_URL)
        log.warning("live word lost", error=str(error), topics=topics)


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, **PATIENCE)


def channel(user_id: int) -> str:
    return f"live:{user_id}"


async def stream(user_id: int) -> AsyncIterator[str]:
    """Server-sent events of one person: the name says what changed; a comment now and then shows it is alive."""
    ends = time.monotonic() + LIFETIME
    yield "retry: 2000\n\n"
    while time.monotonic() < ends:
        try:
            async for words in _listen(user_id, ends):
                yield words
        except RedisError as error:
            log.warning("live stream without Redis", error=str(error))
            yield ": waiting\n\n"
            await asyncio.sleep(HEARTBEAT)


async def _listen(user_id: int, ends: float) -> AsyncIterator[str]:
    client = redis.asyncio.Redis.from_url(settings.REDIS_URL, **settings.REDIS_PATIENCE)
    try:
        async with client.pubsub(ignore_subscribe_messages=True) as subscription:
            await subscription.subscribe(channel(user_id))
            yield ": listening\n\n"
            while time.monotonic() < ends:
                message = await subscription.get_message(timeout=HEARTBEAT)
                yield f"event: {message['data'].decode()}\ndata: 1\n\n" if message else ": alive\n\n"
    finally:
        await client.aclose()
