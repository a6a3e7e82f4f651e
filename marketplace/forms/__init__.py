"""What students ask for and coaches offer."""

from marketplace.forms.proposals import CounterForm, DeclineForm, ProposalForm, TermsForm, terms_of
from marketplace.forms.requests import RequestForm, currencies

__all__ = ["CounterForm", "DeclineForm", "ProposalForm", "RequestForm", "TermsForm", "currencies", "terms_of"]
