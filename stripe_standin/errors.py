"""Stripe's errors: a status and a body of one form."""

from . import API_VERSION


class StripeError(Exception):
    """An answer that is an error. ``kept``: work had begun, so its idempotency key replays it."""

    def __init__(self, status, kind, message, *, code=None, param=None, kept=False, **more):
        super().__init__(message)
        self.status, self.kept = status, kept
        detail = {"type": kind, "message": message, "code": code, "param": param, **more}
        if code:
            detail["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        self.body = {"error": {name: value for name, value in detail.items() if value is not None}}


class DropConnection(Exception):
    """The caller gets no answer at all: the connection is closed."""


def invalid(message, *, param=None, code=None) -> StripeError:
    """The parameters are wrong; nothing was begun."""
    return StripeError(400, "invalid_request_error", message, param=param, code=code)


def refused(message, *, code=None, param=None) -> StripeError:
    """The parameters are right, the state of things forbids it."""
    return StripeError(400, "invalid_request_error", message, code=code, param=param, kept=True)


def missing(kind, id_, *, param="id", status=404) -> StripeError:
    noun = kind.split(".")[-1].replace("_", " ")
    message = f"No such {noun}: '{id_}'"
    return StripeError(status, "invalid_request_error", message, code="resource_missing", param=param)


def unauthorized(message) -> StripeError:
    return StripeError(401, "invalid_request_error", message)


def unknown_address(method, path) -> StripeError:
    message = f"Unrecognized request URL ({method}: {path}). The stand-in knows Stripe's API {API_VERSION} in part."
    return StripeError(404, "invalid_request_error", message)


def broken(message="An unknown error occurred.") -> StripeError:
    return StripeError(500, "api_error", message, kept=True)


def too_many() -> StripeError:
    message = "Too many requests hit the API too quickly. We recommend an exponential backoff of your requests."
    return StripeError(429, "invalid_request_error", message, code="rate_limit")


def key_in_use(key) -> StripeError:
    message = (
        f"There is currently another in-progress request using this Idempotent Key ({key}). Please try again later."
    )
    return StripeError(409, "idempotency_error", message, code="idempotency_key_in_use")


def key_misused(key) -> StripeError:
    message = (
        f"Keys for idempotent requests can only be used with the same parameters they were first used with. "
        f"Try using a key other than '{key}' if you meant to execute a different request."
    )
    return StripeError(400, "idempotency_error", message)
