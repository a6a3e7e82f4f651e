"""What students ask for and coaches offer."""

from marketplace.forms.invitations import ClosingForm, InvitationForm, ReasonForm
from marketplace.forms.proposals import CounterForm, DeclineForm, ProposalForm, TermsForm, terms_of
from marketplace.forms.requests import RequestForm, currencies

__all__ = [
    "ClosingForm",
    "CounterForm",
    "DeclineForm",
    "InvitationForm",
    "ProposalForm",
    "ReasonForm",
    "RequestForm",
    "TermsForm",
    "currencies",
    "terms_of",
]
