"""Whether the site in this container answers; for Docker."""

import os
import urllib.request
from urllib.parse import urlsplit

request = urllib.request.Request(
    f"http://127.0.0.1:{os.environ.get('GRANIAN_PORT', '8000')}/healthz",
    headers={"Host": str(urlsplit(os.environ["SITE_URL"]).hostname), "X-Forwarded-Proto": "https"},
)
urllib.request.urlopen(request, timeout=5)  # noqa: S310
