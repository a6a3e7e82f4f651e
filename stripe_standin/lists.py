"""Lists in Stripe's form: newest first, ``limit``, ``starting_after``, ``ending_before``, ``created[gte]``."""

from .errors import missing
from .params import group, integer

COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
PAGE = "limit starting_after ending_before created"


def page(call, kind, *, filters=(), conditions=(), account=None, **fields) -> dict:
    """One page of the account's documents; ``filters`` are the parameters that name a field of the document."""
    account = call.account if account is None else account
    fields.update({name: call.params[name] for name in filters if call.params.get(name)})
    conditions = [*conditions, *_created(call.params), *_cursor(call)]
    backwards = bool(call.params.get("ending_before"))
    size = min(integer(call.params, "limit", default=10, least=1), 100)
    found = call.store.find(kind, account, limit=size + 1, oldest_first=backwards, conditions=conditions, **fields)
    data = found[:size]
    return listing(data[::-1] if backwards else data, call.path, has_more=len(found) > size)


def listing(data, url, *, has_more=False) -> dict:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def _created(params):
    created = params.get("created")
    if isinstance(created, str) and created:
        return [("created = ?", integer(params, "created"))]
    given = group(params, "created")
    return [(f"created {COMPARISONS[name]} ?", integer(given, name)) for name in given if name in COMPARISONS]


def _cursor(call):
    for name, sign in (("starting_after", "<"), ("ending_before", ">")):
        id_ = call.params.get(name)
        if id_:
            row = call.store.sql("SELECT seq FROM objects WHERE id = ?", id_).fetchone()
            if row is None:
                raise missing("object", id_, param=name, status=400)
            return [(f"seq {sign} ?", row["seq"])]
    return []
