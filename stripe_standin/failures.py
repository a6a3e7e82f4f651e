"""Failures on demand: the next calls that fit are answered badly, before or after their work."""

from dataclasses import dataclass

from .errors import invalid

MODES = ("500_before", "500_after", "timeout_after", "timeout_before", "429")


@dataclass
class Failure:
    """The next ``count`` calls whose path contains ``path_contains`` fail in this mode."""

    mode: str
    path_contains: str = ""
    method: str = ""
    count: int = 1
    seconds: float = 0.5


def plan_failure(world, facts) -> Failure:
    mode = str(facts.get("mode", "")).replace("-", "_").replace(" ", "_")
    if mode not in MODES:
        raise invalid(f"mode is one of {', '.join(MODES)}", param="mode")
    failure = Failure(
        mode,
        str(facts.get("path_contains", "")),
        str(facts.get("method", "")).upper(),
        int(facts.get("count") or 1),
        float(facts.get("seconds") or 0.5),
    )
    with world.lock:
        world.failures.append(failure)
    return failure


def take_failure(world, method, path):
    """The failure meant for this call, used up by one, or None."""
    with world.lock:
        for failure in world.failures:
            if failure.path_contains in path and failure.method in ("", method):
                failure.count -= 1
                if failure.count <= 0:
                    world.failures.remove(failure)
                return failure
    return None
