"""A new world, and the same again after a reset."""

from .objects.accounts import ensure_platform
from .objects.webhook_endpoints import ensure_configured
from .world import World


def make_world(config) -> World:
    """A world with the platform's account and the endpoints given at the start."""
    world = World(config)
    furnish(world)
    return world


def furnish(world) -> None:
    with world.work():
        ensure_platform(world)
        ensure_configured(world)
