"""The words of the timeline: an event's name, with what it came to after a colon where that is another sentence."""

from typing import Any

from django.utils.translation import gettext_lazy as _

OF_CONTRACT = {
    "contract_drafted": _("Contract drafted from the proposal"),
    "contract_drafted:booking": _("Booked by %(student)s for %(total)s, to be paid while it is kept"),
    "contract_sent": _("Sent to %(coach)s"),
    "contract_accepted": _("Accepted by %(coach)s"),
    "contract_accepted:idea": _("Agreed to by %(student)s"),
    "contract_declined": _("Declined by %(coach)s"),
    "contract_declined:idea": _("Declined by %(student)s"),
    "contract_activated": _("Paid in full, the contract is active"),
    "contract_cancelled": _("The contract was cancelled"),
    "contract_cancelled:staff": _("The contract was cancelled by our staff"),
    "contract_expired": _("The contract expired"),
    "contract_expired:draft": _("Expired: the draft was not sent in time"),
    "contract_expired:awaiting_coach": _("Expired: nobody agreed in time"),
    "contract_expired:awaiting_payment": _("Expired: it was not paid in time"),
    "contract_completed": _("The contract is completed"),
    "changes_asked": _("%(coach)s asked for other terms (request %(request)s): %(total)s instead of %(was)s"),
    "changes_asked:same": _("%(coach)s asked for other terms (request %(request)s); the total stays at %(total)s"),
    "changes_agreed": _("%(student)s agreed to request %(request)s: the contract comes to %(total)s now"),
    "changes_declined": _("%(student)s did not agree to request %(request)s: it stays at %(was)s"),
    "changes_withdrawn": _("%(coach)s took request %(request)s back"),
    "extension_proposed:student": _("%(student)s proposed more sessions for %(total)s"),
    "extension_proposed:coach": _("%(coach)s proposed more sessions for %(total)s"),
    "contract_extended:student": _("%(student)s proposed a further contract over %(total)s"),
    "contract_extended:coach": _("%(coach)s proposed a further contract over %(total)s"),
    "payment_came_late": _("The payment came when the time was no longer held: all of it goes back"),
    "sessions_called_off:student": _("%(student)s called off all that was to come: %(back)s goes back"),
    "sessions_called_off:coach": _("%(coach)s called off all that was to come: %(back)s goes back"),
    "sessions_called_off:staff": _("Our staff called off all that was to come: %(back)s goes back"),
    "step_ending": _("Reminded that the time for this step ends soon"),
}

OF_SESSION = {
    "session_held": _("Session %(number)d of %(count)d: a time was held while it is confirmed"),
    "hold_dropped": _("Session %(number)d of %(count)d: the held time was given back"),
    "hold_expired": _("Session %(number)d of %(count)d: the held time was not confirmed and is free again"),
    "session_requested": _("Session %(number)d of %(count)d: %(student)s asked for a time"),
    "session_declined": _("Session %(number)d of %(count)d: %(coach)s said no to the time"),
    "session_withdrawn": _("Session %(number)d of %(count)d: %(student)s took back asking for the time"),
    "session_unanswered": _("Session %(number)d of %(count)d: %(coach)s did not answer in time"),
    "session_scheduled": _("Session %(number)d of %(count)d was scheduled for %(starts)s"),
    "session_moved": _("Session %(number)d of %(count)d was moved from %(before)s to %(starts)s"),
    "move_asked": _("Session %(number)d of %(count)d: asked to move it to %(starts)s"),
    "move_declined": _("Session %(number)d of %(count)d: moving it to %(starts)s was declined"),
    "move_withdrawn": _("Session %(number)d of %(count)d: the wish to move it to %(starts)s was taken back"),
    "move_expired": _("Session %(number)d of %(count)d: moving it to %(starts)s was not answered, the time stands"),
    "session_given_back": _("Session %(number)d of %(count)d has no time any more"),
    "session_followed_clocks": _("Session %(number)d of %(count)d stays at its clock time under new clock rules"),
    "session_started": _("Session %(number)d of %(count)d began"),
    "session_ended": _("Session %(number)d of %(count)d ended"),
    "session_ended:completed": _("Session %(number)d of %(count)d took place"),
    "session_ended:student_absent": _("Session %(number)d of %(count)d: %(student)s did not come"),
    "session_ended:coach_absent": _("Session %(number)d of %(count)d: %(coach)s did not come"),
    "session_ended:both_absent": _("Session %(number)d of %(count)d: nobody came"),
    "session_ended:unclear": _("Session %(number)d of %(count)d ended; what it came to is not clear yet"),
    "session_confirmed": _("Session %(number)d of %(count)d: confirmed that it took place"),
    "outcome_said:student_absent": _("Session %(number)d of %(count)d: said that %(student)s did not come"),
    "outcome_said:coach_absent": _("Session %(number)d of %(count)d: said that %(coach)s did not come"),
    "outcome_said:both_absent": _("Session %(number)d of %(count)d: said that nobody came"),
    "staff_asked": _("Session %(number)d of %(count)d: our staff were asked to settle what it came to"),
    "session_settled": _("Session %(number)d of %(count)d: its outcome is settled"),
    "session_settled:completed": _("Session %(number)d of %(count)d: it is settled that it took place"),
    "session_settled:student_absent": _("Session %(number)d of %(count)d: it is settled that %(student)s did not come"),
    "session_settled:coach_absent": _("Session %(number)d of %(count)d: it is settled that %(coach)s did not come"),
    "session_settled:both_absent": _("Session %(number)d of %(count)d: it is settled that nobody came"),
    "session_cancelled": _("Session %(number)d of %(count)d was called off"),
    "booking_cancelled": _("Session %(number)d of %(count)d was called off: %(back)s goes back to %(student)s"),
    "booking_cancelled:late": _(
        "Session %(number)d of %(count)d was called off late: %(back)s goes back to %(student)s, %(kept)s is kept"
    ),
    "booking_cancelled:too_late": _(
        "Session %(number)d of %(count)d was called off too late for a refund: %(kept)s is kept"
    ),
    "booking_cancelled:unpaid": _("Session %(number)d of %(count)d was called off; it was not paid yet"),
    "summary_written": _("Session %(number)d of %(count)d: %(coach)s wrote a summary"),
}

OF_SEATS = {
    "seat_held": _("A seat was kept for %(student)s while it is paid"),
    "seat_taken": _("%(student)s has the seat"),
    "seat_expired": _("The seat was not paid in time and is free again"),
    "seat_offered": _("A seat that became free was kept for %(student)s"),
    "offer_passed": _("The seat that was kept was not taken in time"),
    "seat_left": _("%(student)s gave the seat up"),
    "group_goes_ahead": _("The session takes place, however many come"),
    "group_too_small": _("The session was called off: too few students"),
}

OF_MONEY = {
    "payment_settled": _("%(amount)s was paid and is held until the sessions are done"),
    "payment_failed": _("A payment did not go through"),
    "money_released": _("Session %(number)d of %(count)d: %(net)s was released to %(coach)s, %(fee)s is the fee"),
    "refund_made": _("%(amount)s went back to %(student)s"),
    "refund_failed": _("A refund of %(amount)s did not go through; the money is held again"),
}

SENTENCES: dict[str, Any] = {**OF_CONTRACT, **OF_SESSION, **OF_SEATS, **OF_MONEY}

ICONS = {
    "changes_asked": "arrow-left-right",
    "changes_agreed": "check-circle",
    "contract_extended": "plus-lg",
    "extension_proposed": "plus-lg",
    "payment_settled": "credit-card",
    "money_released": "wallet2",
    "refund_made": "arrow-counterclockwise",
    "session_scheduled": "calendar-event",
    "session_moved": "arrow-left-right",
    "move_asked": "arrow-left-right",
    "session_cancelled": "calendar-x",
    "booking_cancelled": "calendar-x",
    "sessions_called_off": "calendar-x",
    "group_too_small": "calendar-x",
    "payment_came_late": "arrow-counterclockwise",
    "staff_asked": "question-circle",
    "step_ending": "clock",
}
TONES = {
    "contract_activated": "good",
    "contract_accepted": "good",
    "contract_completed": "good",
    "changes_agreed": "good",
    "payment_settled": "good",
    "money_released": "good",
    "changes_asked": "warn",
    "move_asked": "warn",
    "staff_asked": "warn",
    "contract_declined": "bad",
    "booking_cancelled": "bad",
    "sessions_called_off": "bad",
    "session_cancelled": "bad",
    "group_too_small": "bad",
    "payment_came_late": "bad",
    "payment_failed": "bad",
    "refund_failed": "bad",
}
