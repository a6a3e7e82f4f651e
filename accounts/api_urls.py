"""Endpoints of this floor under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from accounts import api

router = SimpleRouter()
router.register("skills", api.SkillViewSet, basename="api-skill")
router.register("students", api.StudentViewSet, basename="api-student")

urlpatterns = [
    *router.urls,
    path("me/", api.MeView.as_view(), name="api-me"),
    path("me/photo/", api.PhotoView.as_view(), name="api-photo"),
    path("me/role/", api.RoleView.as_view(), name="api-role"),
    path("me/coach/", api.OfferView.as_view(), name="api-offer"),
    path("me/coach/submit/", api.OfferSubmitView.as_view(), name="api-offer-submit"),
    path("me/coach/discard/", api.OfferDiscardView.as_view(), name="api-offer-discard"),
]
