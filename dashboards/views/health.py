from ipaddress import ip_address

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest

from dashboards.health import Work, reasons


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when this process can serve; else 503 and why."""
    why = reasons()
    return JsonResponse({"ready": not why, "reasons": why}, status=503 if why else 200)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers for Prometheus; for this machine and staff only."""
    if not (_is_from_this_machine(request) or request.user.is_staff):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Work())
    return HttpResponse(generate_latest(REGISTRY) + generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_from_this_machine(request: HttpRequest) -> bool:
    if "X-Forwarded-For" in request.headers:  # a proxy on this machine carries everybody
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
