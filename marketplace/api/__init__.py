"""Learning requests and proposals for clients: load, one operation, answer."""

from marketplace.api.proposals import ProposalViewSet
from marketplace.api.requests import RequestViewSet

__all__ = ["ProposalViewSet", "RequestViewSet"]
