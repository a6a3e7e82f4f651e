"""Reads values out of parsed parameters, refusing in Stripe's words what has the wrong form."""

from urllib.parse import urlsplit

from .errors import StripeError, invalid

SMALLEST = {"gbp": 30, "mxn": 1000, "sek": 300, "nok": 300, "dkk": 250, "hkd": 400, "czk": 1500, "pln": 200}
LARGEST = 99_999_999


def text(params, name, *, required=False, choices=None, default=None):
    value = params.get(name)
    if value is None or value == "":
        if required:
            raise missing_param(name)
        return default
    if not isinstance(value, str):
        raise invalid(f"Invalid string: {value}", param=name)
    if choices and value not in choices:
        raise invalid(f"Invalid {name}: must be one of {', '.join(choices)}", param=name)
    return value


def integer(params, name, *, required=False, default=None, least=None):
    value = text(params, name, required=required)
    if value is None:
        return default
    if not value.lstrip("-").isascii() or not value.removeprefix("-").isdigit():
        raise invalid(f"Invalid integer: {value}", param=name, code="parameter_invalid_integer")
    if least is not None and int(value) < least:
        raise invalid(f"This value must be greater than or equal to {least}.", param=name)
    return int(value)


def amount(params, name="amount", *, required=True):
    value = integer(params, name, required=required)
    if value is not None and value < 1:
        raise invalid("Invalid positive integer", param=name, code="parameter_invalid_integer")
    if value is not None and value > LARGEST:
        raise invalid(f"{name} must be no more than {LARGEST}", param=name, code="amount_too_large")
    return value


def web_address(params, name, *, required=False):
    url = text(params, name, required=required)
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise invalid("Not a valid URL", param=name, code="url_invalid")
    return url


def boolean(params, name, *, default=None):
    value = text(params, name, choices=("true", "false"))
    return default if value is None else value == "true"


def currency(params, name="currency", *, required=True):
    value = text(params, name, required=required)
    if value is not None and not (len(value) == 3 and value.isascii() and value.isalpha()):
        raise invalid(f"Invalid currency: {value}", param=name)
    return value and value.lower()


def group(params, name):
    value = params.get(name)
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise invalid("Invalid object", param=name)
    return value


def listing(params, name):
    value = params.get(name)
    if value in (None, ""):
        return []
    if not isinstance(value, list):
        raise invalid("Invalid array", param=name)
    return value


def metadata(params, before=None) -> dict:
    """The metadata of ``before`` changed by what ``params`` carry: an empty value takes a name out."""
    if params.get("metadata") == "":
        return {}
    changed = {**(before or {}), **group(params, "metadata")}
    if len(changed) > 50:
        raise invalid("Metadata can have up to 50 keys.", param="metadata")
    for key, value in changed.items():
        if not isinstance(value, str) or len(value) > 500 or len(key) > 40:
            raise invalid("Metadata keys hold 40, values 500 characters of text.", param=f"metadata[{key}]")
    return {key: value for key, value in changed.items() if value != ""}


def address(params, name="address"):
    given = group(params, name)
    if not given:
        return None
    return {part: given.get(part) or None for part in ("city", "country", "line1", "line2", "postal_code", "state")}


def platform_only(call) -> None:
    """The stand-in moves money between the platform and its accounts; it knows no direct charges."""
    if call.account:
        raise invalid("The stand-in for Stripe does this for the platform only, not with Stripe-Account.")


def known(params, names) -> None:
    """Refuses a parameter that the call does not have."""
    unknown = [name for name in params if name not in names]
    if unknown:
        message = f"Received unknown parameter: {unknown[0]}"
        raise invalid(message, param=unknown[0], code="parameter_unknown")


def chargeable(total, money) -> None:
    if total < SMALLEST.get(money, 50):
        raise invalid("Amount must be at least 50 cents.", param="amount", code="amount_too_small")


def missing_param(name) -> StripeError:
    return invalid(f"Missing required param: {name}.", param=name, code="parameter_missing")
