"""What a student wants to learn, and what coaches offer."""

from marketplace.models.invitations import Invitation, SavedRequest
from marketplace.models.proposals import (
    NOT_CHOSEN,
    DeclineReason,
    PaymentModel,
    PaymentSchedule,
    Proposal,
    ScreeningAnswer,
    Terms,
)
from marketplace.models.requests import LearningRequest, ScreeningQuestion
from marketplace.models.templates import TermsTemplate

__all__ = [
    "NOT_CHOSEN",
    "DeclineReason",
    "Invitation",
    "LearningRequest",
    "PaymentModel",
    "PaymentSchedule",
    "Proposal",
    "SavedRequest",
    "ScreeningAnswer",
    "ScreeningQuestion",
    "Terms",
    "TermsTemplate",
]
