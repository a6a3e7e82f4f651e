"""People for clients: oneself, one's roles, one's offer as a coach and the skills to choose from."""

from accounts.api.me import MeView, OfferSubmitView, OfferView, RoleView
from accounts.api.photos import PhotoView
from accounts.api.skills import SkillSerializer, SkillViewSet
from accounts.api.students import StudentViewSet

__all__ = [
    "MeView",
    "OfferSubmitView",
    "OfferView",
    "PhotoView",
    "RoleView",
    "SkillSerializer",
    "SkillViewSet",
    "StudentViewSet",
]
