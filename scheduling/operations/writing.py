"""Carrying copies of sessions to Google: claimed, sent outside of any transaction, and noted."""

from datetime import datetime

from django.utils import translation

from scheduling import google
from scheduling.models import CalendarCopy
from scheduling.operations.calendars import give_back_leave, lose_google, pause_after, raise_where_away, with_token
from scheduling.operations.copies import claim_copy, finish_copy, forget_leaving, give_copy_up, put_copy_off, send_copy


def write_copy(copy: CalendarCopy, *, now: datetime) -> bool:
    """Bring one due copy to Google, once however many are at it; whether it is there. Calls outside."""
    claimed = claim_copy(copy, now=now)
    if claimed is None:
        return False
    try:
        with translation.override(claimed.user.language):
            with_token(claimed.user, lambda token: send_copy(token, claimed))
    except google.Dead as dead:
        put_copy_off(claimed, dead.code, due_at=now)
        give_back_leave(claimed.user.google_calendar, forget_leaving(claimed.user))
        lose_google(claimed.user.google_calendar, reason=dead.code, now=now)
        return False
    except google.NoAnswer as why:
        put_copy_off(claimed, why.code, due_at=now + pause_after(claimed.tries + 1))
        raise_where_away(why)
        return False
    except google.Refusal as refusal:
        give_copy_up(claimed, str(refusal))
        return False
    give_back_leave(claimed.user.google_calendar, finish_copy(claimed))
    return True
