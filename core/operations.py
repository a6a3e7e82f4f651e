"""How an operation runs: one transaction, one retry, a clean refusal when the database is busy."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from core.refused import Refused

P = ParamSpec("P")
T = TypeVar("T")

WORTH_A_RETRY = {"40P01", "55P03", "40001"}  # deadlock detected, lock not available, serialization failure
_inside: ContextVar[bool] = ContextVar("inside_an_operation", default=False)


def operation(function: Callable[P, T]) -> Callable[P, T]:
    """Run the function in one transaction; called from another operation it joins that one's."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if _inside.get():
            return function(*args, **kwargs)
        token = _inside.set(True)
        try:
            return _with_one_retry(lambda: function(*args, **kwargs))
        finally:
            _inside.reset(token)

    return run


def _with_one_retry(work: Callable[[], T]) -> T:
    try:
        return _in_transaction(work)
    except OperationalError as error:
        if not _worth_a_retry(error):
            raise
    try:
        return _in_transaction(work)
    except OperationalError as error:
        if not _worth_a_retry(error):
            raise
        sentence = _("Too many people are at this at the same moment. Please try again.")
        raise Refused(sentence, code="busy", is_passing=True) from error


def _in_transaction(work: Callable[[], T]) -> T:
    with transaction.atomic():
        return work()


def _worth_a_retry(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in WORTH_A_RETRY
