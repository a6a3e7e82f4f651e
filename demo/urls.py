"""Pages that exist in the demo only."""

from django.urls import path, re_path

from demo import views

urlpatterns = [
    path("demo/clock/", views.clock_page, name="demo-clock"),
    path("demo/mail/", views.inbox, name="demo-mail"),
    path("demo/mail/<int:pk>/", views.letter, name="demo-letter"),
    path("demo/mail/<int:pk>/html/", views.letter_html, name="demo-letter-html"),
    path("demo/people/", views.people, name="demo-people"),
    re_path(r"^media/photos/(?P<name>[0-9a-f]{32}(?:-small)?)\.webp$", views.photo, name="demo-photo"),
    path("standin/", views.standin, name="standin"),
    path("standin/<path:path>", views.standin, name="standin-page"),
]
