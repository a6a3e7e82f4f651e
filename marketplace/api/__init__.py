"""Coaches, learning requests and proposals for clients: load, one operation, answer."""

from marketplace.api.coach import CoachViewSet
from marketplace.api.invitations import InvitationViewSet
from marketplace.api.proposals import ProposalViewSet
from marketplace.api.requests import RequestViewSet
from marketplace.api.saved import SavedViewSet
from marketplace.api.templates import TemplateViewSet

__all__ = ["CoachViewSet", "InvitationViewSet", "ProposalViewSet", "RequestViewSet", "SavedViewSet", "TemplateViewSet"]
