"""What students ask for and coaches offer."""

from marketplace.forms.proposals import FIGURES, ProposalForm, TermsForm
from marketplace.forms.requests import RequestForm, currencies

__all__ = ["FIGURES", "ProposalForm", "RequestForm", "TermsForm", "currencies"]
