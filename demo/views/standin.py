import http.client
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.csrf import csrf_exempt

SENT_ON = ["Content-Type", "Accept", "Accept-Language"]
GIVEN_BACK = ["Content-Type", "Location", "Cache-Control"]
PATIENCE = 20


@csrf_exempt
@xframe_options_deny
def standin(request: HttpRequest, path: str = "_standin/") -> HttpResponse:
    """Carry a browser to the Stripe stand-in, which only this machine can reach, and its answer back."""
    origin = urlsplit(request.headers.get("Origin", "")).netloc
    if origin and origin != request.get_host():
        return HttpResponse("Other sites may not act here.", status=403, content_type="text/plain")
    where = urlsplit(settings.STANDIN_URL)
    connection = http.client.HTTPConnection(where.hostname, where.port or 80, timeout=PATIENCE)
    target = request.get_full_path().removeprefix("/standin/") if path != "_standin/" else path
    headers = {name: request.headers[name] for name in SENT_ON if name in request.headers}
    try:
        connection.request(request.method, f"/{target}", request.body or None, headers)
        answer = connection.getresponse()
        response = HttpResponse(answer.read(), status=answer.status)
    except OSError:
        return HttpResponse("The Stripe stand-in does not answer.", status=502, content_type="text/plain")
    finally:
        connection.close()
    for name in GIVEN_BACK:
        if value := answer.headers.get(name):
            response[name] = value
    return response
