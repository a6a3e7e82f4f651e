"""The control: what tests ask by JSON and people by buttons, so that the rare things can be made to happen."""

import re

from ..due import run_due
from ..errors import StripeError
from ..web import Answer, Request, json_answer, redirect
from . import acts, page

PAGES = [
    (r"/_standin/?", page.overview),
    (r"/_standin/objects/([^/]+)", page.show_object),
    (r"/_standin/deliveries", acts.list_deliveries),
]
ACTS = {
    "deliver": acts.deliver,
    "fail": acts.fail,
    "reset": acts.reset,
    "tick": acts.tick,
    "pay": acts.pay_session,
    "onboard": acts.onboard_account,
    "restrict": acts.restrict_account,
    "deauthorize": acts.deauthorize_account,
    "dispute": acts.dispute_charge,
    "decide": acts.decide_dispute,
    "fail-payout": acts.fail_a_payout,
    "redeliver": acts.redeliver,
    "pause-deliveries": acts.pause,
    "resume-deliveries": acts.resume,
}


def answer(world, request: Request) -> Answer:
    """A page or JSON for GET; a POST answers JSON, or leads a browser back to the overview."""
    try:
        return _answer(world, request)
    except StripeError as error:
        return json_answer(error.body, error.status)
    except (ValueError, KeyError) as error:
        return json_answer({"error": {"type": "invalid_request_error", "message": repr(error)}}, 400)


def _answer(world, request):
    if request.method == "POST":
        act = ACTS.get(request.path.removeprefix("/_standin/"))
        if act is None:
            return json_answer({"error": {"message": "Unknown act."}}, 404)
        if act is not acts.reset:
            run_due(world)
        done = act(world, request.fields)
        if "text/html" in request.headers.get("accept", ""):
            return redirect(world.link("/_standin/"))
        return json_answer(done)
    run_due(world)
    for pattern, view in PAGES:
        match = re.fullmatch(pattern, request.path)
        if match:
            return view(world, request, *match.groups())
    return json_answer({"error": {"message": "Unknown page."}}, 404)
