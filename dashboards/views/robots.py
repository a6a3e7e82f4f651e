from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

CLOSED = ["/accounts/", "/_allauth/", "/admin/", "/api/", "/calendar/", "/standin/"]


@cache_control(public=True, max_age=3600)
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines need not try, and where the list of what they may find is."""
    address = request.build_absolute_uri(reverse("sitemap"))
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "", f"Sitemap: {address}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")
