"""The numbers of each rule under the floor that rules it, each with its bounds: (default, least, most).

Staff change them from a moment on (core/numbers.py); one without bounds is changed here only. Everything that is agreed
keeps a copy of its day's. Only the `policy.py` of the floor reads them.
"""

from typing import Any

POLICY_OF: dict[str, dict[str, tuple[Any, ...]]] = {
    "accounts": {
        "unconfirmed_days": (7, 1, 90),
    },
    "scheduling": {
        "join_before_minutes": (10, 0, 60),
        "ready_before_minutes": (5, 0, 60),
        "no_show_minutes": (15, 5, 60),
        "hold_minutes": (15, 5, 60),
        "request_answer_hours": (24, 1, 168),
        "request_before_start_hours": (2, 0, 24),
        "request_least_answer_hours": (1, 0, 24),
        "free_change_student_hours": (24, 1, 336),
        "free_change_coach_hours": (48, 1, 336),
        "cutoff_hours": (10, 1, 168),
        "reschedule_answer_hours": (24, 1, 168),
        "reschedules_per_side": (2, 0, 10),
        "consultation_minutes": (15, 15, 60),
        "consultations_open": (3, 1, 20),
        "consultation_change_hours": (2, 0, 72),
        "group_seats": ([2, 100],),
        "group_warn_hours": (48, 2, 336),
        "group_decide_hours": (24, 1, 168),
        "seat_offer_hours": (12, 1, 72),
        "unclear_hours": (72, 1, 336),
        "problem_hours": (72, 1, 336),
        "series_near_hours": (24, 1, 168),
        "satisfaction_days": (7, 1, 60),
    },
    "marketplace": {
        "request_days": (60, 1, 365),
        "request_invitations": (20, 1, 200),
        "proposal_days": (14, 1, 90),
    },
    "payments": {  # fees in hundredths of a percent, amounts in whole units of the coach's currency
        "fee_contract": (1500, 0, 5000),
        "fee_direct": (1000, 0, 5000),
        "fee_group": (1000, 0, 5000),
        "fee_subscription": (1000, 0, 5000),
        "fee_tip": (0, 0, 5000),
        "minimum_price": (10, 1, 1000),
        "minimum_tip": (1, 1, 1000),
        "release_completed_hours": (24, 1, 336),
        "release_absent_hours": (72, 1, 336),
        "first_transfer_days": (7, 0, 60),
    },
    "contracts": {
        "late_cancel_percent": (50, 0, 100),  # what goes back
        "cooling_off_minutes": (60, 0, 1440),
        "cooling_off_before_start_hours": (2, 0, 72),
        "ladder_days": (90, 1, 365),
        "ladder_hidden_days": ([7, 14, 30],),  # of the second, third and fourth mark; the first is a warning
        "excuse_days": (7, 1, 60),
        "support_refund_limit": (100, 0, 10000),
        "awaiting_coach_days": (7, 1, 60),
        "awaiting_payment_days": (7, 1, 60),
        "step_warning_hours": (24, 1, 168),
        "change_requests": (10, 0, 50),
        "extension_days": (90, 0, 365),
        "review_days": (14, 1, 90),
    },
}
POLICY = {key: default for numbers in POLICY_OF.values() for key, (default, *_bounds) in numbers.items()}
POLICY_ORDER = [  # whatever changes, the first never passes the second
    ("ready_before_minutes", "join_before_minutes"),
    ("cutoff_hours", "free_change_student_hours"),
    ("cutoff_hours", "free_change_coach_hours"),
    ("group_decide_hours", "group_warn_hours"),
]
