"""Stripe's nested form encoding: ``a[b]=1&c[0][d]=2&expand[]=e`` becomes dictionaries and lists; leaves stay text."""

from urllib.parse import parse_qsl

from .errors import invalid


def parse_form(*texts: str) -> dict:
    """One tree of the parameters in all ``texts`` (query and body)."""
    tree: dict = {}
    for text in texts:
        for key, value in parse_qsl(text, keep_blank_values=True):
            _put(tree, _steps(key), value, key)
    return {name: _with_lists(value) for name, value in tree.items()}


def _steps(key):
    head, *rest = key.split("[")
    return [head, *(part.rstrip("]") for part in rest)]


def _put(tree, steps, value, key):
    node = tree
    for step in steps[:-1]:
        node = node.setdefault(step or str(len(node)), {})
        if not isinstance(node, dict):
            raise invalid(f"Invalid {key}: it is both a value and a group.", param=key)
    last = steps[-1] or str(len(node))
    if isinstance(node.get(last), dict):
        raise invalid(f"Invalid {key}: it is both a value and a group.", param=key)
    node[last] = value


def _with_lists(node):
    if not isinstance(node, dict):
        return node
    node = {name: _with_lists(value) for name, value in node.items()}
    if node and all(name.isdigit() for name in node):
        return [node[name] for name in sorted(node, key=int)]
    return node
