"""What students ask for and coaches offer."""

from marketplace.forms.invitations import ClosingForm, InvitationForm, ReasonForm
from marketplace.forms.proposals import CounterForm, DeclineForm, ProposalForm, TermsForm, terms_of
from marketplace.forms.requests import RequestForm, currencies
from marketplace.forms.templates import TemplateForm, begun_with, templates_of

__all__ = [
    "ClosingForm",
    "CounterForm",
    "DeclineForm",
    "InvitationForm",
    "ProposalForm",
    "ReasonForm",
    "RequestForm",
    "TemplateForm",
    "TermsForm",
    "begun_with",
    "currencies",
    "templates_of",
    "terms_of",
]
