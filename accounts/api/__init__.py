"""People for clients: oneself, one's roles, one's offer as a coach and the skills to choose from."""

from accounts.api.me import MeView, RoleView
from accounts.api.offer import OfferDiscardView, OfferSubmitView, OfferView
from accounts.api.photos import PhotoView
from accounts.api.skills import SkillSerializer, SkillViewSet
from accounts.api.students import StudentViewSet

__all__ = [
    "MeView",
    "OfferDiscardView",
    "OfferSubmitView",
    "OfferView",
    "PhotoView",
    "RoleView",
    "SkillSerializer",
    "SkillViewSet",
    "StudentViewSet",
]
