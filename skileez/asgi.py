"""ASGI door: the live stream in production, the whole site in the demo."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "skileez.settings")
application = get_asgi_application()
