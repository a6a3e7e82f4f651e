"""Reading events back."""

from ..errors import missing
from ..lists import PAGE, page
from ..params import listing, text
from ..routes import route


@route("GET", "/v1/events/{id}")
def retrieve(call):
    found = call.store.get(call.ids[0], "event", call.account)
    if found is None:
        raise missing("event", call.ids[0])
    return found


@route("GET", "/v1/events", f"{PAGE} type types delivery_success")
def list_all(call):
    wanted = listing(call.params, "types") or [text(call.params, "type")]
    among = "instr(?, '|' || json_extract(body, '$.type') || '|') > 0"
    return page(call, "event", conditions=[(among, f"|{'|'.join(wanted)}|")] if wanted[0] else [])
