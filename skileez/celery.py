"""The Celery application: a nudge for work that already stands in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "skileez.settings")

app = Celery("skileez")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
