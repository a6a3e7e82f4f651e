"""People for clients: oneself, one's roles, one's offer as a coach, and the public coaches."""

from accounts.api.coaches import CoachViewSet, SkillViewSet
from accounts.api.me import MeView, OfferSubmitView, OfferView, RoleView

__all__ = ["CoachViewSet", "MeView", "OfferSubmitView", "OfferView", "RoleView", "SkillViewSet"]
