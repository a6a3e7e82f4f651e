"""WSGI door: pages and API in production."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "skileez.settings")
application = get_wsgi_application()
