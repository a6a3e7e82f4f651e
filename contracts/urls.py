"""Pages of contracts, their payment and their reviews."""

from django.urls import path

from contracts import views

urlpatterns = [
    path("contracts/", views.contract_list, name="contracts"),
    path("contracts/create/<int:pk>/", views.create, name="contract-create"),
    path("contracts/of-session/<int:pk>/", views.of_session, name="contract-of-session"),
    path("contracts/<int:pk>/", views.contract_page, name="contract"),
    path("contracts/<int:pk>/accept/", views.decide, {"verb": "accept"}, name="contract-accept"),
    path("contracts/<int:pk>/decline/", views.decide, {"verb": "decline"}, name="contract-decline"),
    path("contracts/<int:pk>/cancel/", views.contract_cancel, name="contract-cancel"),
    path("sessions/<int:pk>/cancel/", views.session_cancel, name="session-cancel"),
    path("schedule/book/<int:pk>/", views.book, name="coach-book"),
    path("coaches/<int:pk>/booking/", views.booking_options, name="coach-booking-options"),
    path("sessions/<int:pk>/pay/", views.pay_session, name="session-pay"),
    path("contracts/<int:pk>/give-back/", views.give_time_back, name="booking-give-back"),
    path("contracts/<int:pk>/request-changes/", views.request_changes, name="contract-request-changes"),
    path("contracts/<int:pk>/changes/<int:number>/", views.answer_changes, name="contract-change"),
    path("contracts/<int:pk>/wanted-total/", views.wanted_total, name="contract-wanted-total"),
    path("contracts/<int:pk>/extend/", views.extend, name="contract-extend"),
    path("contracts/<int:pk>/pay/", views.pay, name="contract-pay"),
    path("contracts/<int:pk>/payment-success/", views.payment_success, name="payment-success"),
    path("contracts/<int:pk>/payment-cancel/", views.payment_cancel, name="payment-cancel"),
    path("contracts/<int:pk>/sessions/", views.next_session, name="contract-sessions"),
    path("contracts/<int:pk>/series/", views.series_new, name="series-new"),
    path("schedule/paid-session/<int:pk>/", views.next_session, name="schedule-paid-session"),
    path("marks/", views.marks, name="marks"),
    path("marks/<int:pk>/", views.mark, name="mark"),
    path("contracts/<int:pk>/review/", views.review, name="review-write"),
    path("groups/", views.groups, name="groups"),
    path("groups/new/", views.group_new, name="group-new"),
    path("groups/<int:pk>/", views.group, name="group"),
    path("groups/<int:pk>/edit/", views.group_edit, name="group-edit"),
    path("groups/<int:pk>/join/", views.group_join, name="group-join"),
    path("groups/<int:pk>/line/", views.group_line, name="group-line"),
    path("groups/<int:pk>/go-ahead/", views.group_go_ahead, name="group-go-ahead"),
    path("coaches/<int:pk>/groups/", views.groups_of_coach, name="coach-groups"),
    path("coaches/<int:pk>/reviews/", views.coach_reviews, name="coach-reviews"),
    path("coaches/<int:pk>/reviews/newest/", views.coach_reviews_newest, name="coach-reviews-newest"),
]
