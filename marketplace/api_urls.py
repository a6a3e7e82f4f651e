"""Endpoints of this floor under /api/v1/."""

from rest_framework.routers import SimpleRouter

from marketplace import api

router = SimpleRouter()
router.register("coaches", api.CoachViewSet, basename="api-coach")
router.register("requests", api.RequestViewSet, basename="api-request")
router.register("invitations", api.InvitationViewSet, basename="api-invitation")
router.register("saved", api.SavedViewSet, basename="api-saved")
router.register("templates", api.TemplateViewSet, basename="api-template")
router.register("proposals", api.ProposalViewSet, basename="api-proposal")

urlpatterns = router.urls
