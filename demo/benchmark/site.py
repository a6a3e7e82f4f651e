"""The site as it is benchmarked: with the bare view besides, and without limits on how often one person asks."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "skileez.settings")

from django.conf import settings

settings.ROOT_URLCONF = "demo.benchmark.urls"
settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"person": "1000000/min", "network": "1000000/min"}

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
