"""Pages of this floor, and the addresses they had before."""

from django.urls import path
from django.views.generic import RedirectView

from marketplace import views

urlpatterns = [
    path("coaches/", views.coaches, name="coaches"),
    path("coaches/<int:pk>/", views.coach, name="coach"),
    path("coaches/<int:pk>/card.png", views.coach_card, name="coach-card"),
    path("coaches/<int:pk>/invite/", views.invite, name="invite"),
    path("invitations/", views.invitation_list, name="invitations"),
    path("invitations/<int:pk>/decline/", views.invitation_decline, name="invitation-decline"),
    path("requests/", views.request_list, name="requests"),
    path("requests/new/", views.request_new, name="request-new"),
    path("requests/saved/", views.saved_list, name="requests-saved"),
    path("requests/<int:pk>/", views.request_detail, name="request"),
    path("requests/<int:pk>/edit/", views.request_edit, name="request-edit"),
    path("requests/<int:pk>/post/", views.request_post, name="request-post"),
    path("requests/<int:pk>/discard/", views.request_discard, name="request-discard"),
    path("requests/<int:pk>/save/", views.request_save, name="request-save"),
    path("requests/<int:pk>/unsave/", views.request_unsave, name="request-unsave"),
    path("requests/<int:pk>/close/", views.request_close, name="request-close"),
    path("requests/<int:pk>/pause/", views.request_pause, name="request-pause"),
    path("requests/<int:pk>/reopen/", views.request_reopen, name="request-reopen"),
    path("requests/<int:pk>/propose/", views.propose, name="propose"),
    path("requests/<int:pk>/propose/total/", views.propose_total, name="propose-total"),
    path("proposals/", views.proposal_list, name="proposals"),
    path("proposals/<int:pk>/", views.proposal, name="proposal"),
    path("proposals/<int:pk>/edit/", views.proposal_edit, name="proposal-edit"),
    path("proposals/<int:pk>/counter/", views.proposal_counter, name="proposal-counter"),
    path("proposals/<int:pk>/counter/total/", views.counter_total, name="counter-total"),
    path("proposals/<int:pk>/counter/agree/", views.counter_agree, name="counter-agree"),
    path("proposals/<int:pk>/counter/decline/", views.counter_decline, name="counter-decline"),
    path("proposals/<int:pk>/accept/", views.proposal_accept, name="proposal-accept"),
    path("proposals/<int:pk>/decline/", views.proposal_decline, name="proposal-decline"),
    path("proposals/<int:pk>/withdraw/", views.proposal_withdraw, name="proposal-withdraw"),
    path("templates/", views.template_list, name="contract-templates"),
    path("templates/new/", views.template_new, name="contract-template-new"),
    path("templates/<int:pk>/", views.template_edit, name="contract-template"),
    path("templates/<int:pk>/delete/", views.template_delete, name="contract-template-delete"),
    path("post-request", RedirectView.as_view(pattern_name="request-new")),
    path("edit-job/<int:pk>", RedirectView.as_view(pattern_name="request-edit")),
    path("submit-proposal/<int:pk>", RedirectView.as_view(pattern_name="propose")),
    path("accept-proposal/<int:pk>", RedirectView.as_view(pattern_name="proposal")),
]
