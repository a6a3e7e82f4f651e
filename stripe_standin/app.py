"""The WSGI application: the API, the hosted pages, the control pages."""

from . import control, pages
from .api import answer_api
from .due import run_due
from .objects import (  # noqa: F401 - each registers its calls
    accounts,
    balance,
    charges,
    checkout,
    customers,
    disputes,
    event_calls,
    intents,
    payment_methods,
    payouts,
    products,
    refunds,
    reversals,
    transfers,
    webhook_endpoints,
)
from .web import Answer, Request, read_request


def make_app(world):
    """The WSGI callable. A dropped connection leaves it as DropConnection: the server closes the socket."""

    def app(environ, start_response):
        answer = answer_any(world, read_request(environ))
        headers = {"Content-Length": str(len(answer.body)), **answer.headers}
        start_response(answer.status_line, list(headers.items()))
        return [answer.body]

    return app


def answer_any(world, request: Request) -> Answer:
    if request.path.startswith("/v1/"):
        return answer_api(world, request)
    if request.path.startswith("/_standin"):
        return control.answer(world, request)
    run_due(world)
    return pages.answer(world, request)
