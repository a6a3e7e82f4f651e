"""``expand[]``: puts whole objects where an answer names them by id, along dotted paths."""

from .errors import invalid

INCLUDED: dict = {}  # (kind, field) -> function(world, body): fields that are absent unless asked for
NEVER = {"id", "object", "payment_method_details"}


def included(kind, name):
    """Registers a field that an answer holds only when it is asked for."""

    def register(function):
        INCLUDED[kind, name] = function
        return function

    return register


def expand(world, body, paths) -> dict:
    """The body with every one of ``paths`` expanded; refuses what cannot be."""
    for path in paths:
        if path.count(".") > 4:
            raise invalid("You cannot expand more than 4 levels of a property.", param="expand")
        _along(world, body, path.split("."), path)
    return body


def _along(world, node, steps, path):
    if isinstance(node, list):
        for item in node:
            _along(world, item, steps, path)
        return
    if not isinstance(node, dict):
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    name, *rest = steps
    node[name] = value = _value(world, node, name, path)
    if rest and value is not None:
        _along(world, value, rest, path)


def _value(world, node, name, path):
    if (node.get("object"), name) in INCLUDED and not node.get(name):
        return INCLUDED[node.get("object"), name](world, node)
    if name not in node or name in NEVER:
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    value = node[name]
    if isinstance(value, str):
        value = world.store.get(value) or value
    if value is not None and not isinstance(value, dict | list):
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    return value
