"""Coaches, learning requests and proposals for clients: load, one operation, answer."""

from marketplace.api.coach import CoachViewSet
from marketplace.api.proposals import ProposalViewSet
from marketplace.api.requests import RequestViewSet

__all__ = ["CoachViewSet", "ProposalViewSet", "RequestViewSet"]
